/**
 * Writes data/common-passwords.txt: passwords people choose most often and that are long enough to pass the length
 * rule, built from well-known words, names, years and keyboard patterns by the habits people have with them.
 * Run: node scripts/generate-common-passwords.mjs
 */
import { writeFileSync } from 'node:fs';

const list = (text) => text.trim().split(/\s+/);

/** Words that stand alone or take a number or sign behind them. */
const words = list(`
  password passwort losenord motdepasse contrasena senha parola wachtwoord salasana kennwort passord
  welcome letmein iloveyou admin administrator master monkey dragon shadow sunshine princess football baseball
  basketball hockey soccer superman batman spiderman starwars pokemon naruto minecraft fortnite computer internet
  samsung google facebook instagram twitter windows microsoft apple android freedom whatever trustno charlie
  michael jennifer jessica ashley amanda daniel andrew matthew joshua nicole michelle anthony william thomas robert
  jordan hunter ranger buster killer tigger summer winter spring autumn flower cookie butterfly chocolate cheese
  banana orange purple yellow silver golden diamond ginger pepper maggie bailey harley mustang corvette ferrari
  porsche mercedes yamaha chelsea arsenal liverpool barcelona madrid juventus manchester london paris berlin
  stockholm sweden sverige sommar vinter hosten host var januari februari march april august september october
  november december january february monday friday sunday hello hejsan secret hemlig hemligt access login change
  changeme default guest user test testing temp temporary demo sample qwerty azerty qwertz asdfgh zxcvbn abcd abc
  lovely loveme love angel babygirl beautiful family friends forever jesus christ blessed heaven matrix phoenix
  thunder lightning eagle falcon tiger lion wolf panther dolphin elephant rabbit kitten puppy doggie horse
  rocket galaxy cosmos planet mercury saturn jupiter school student teacher office company manager service
  support security server network system database oracle cisco root toor super power magic wizard merlin
  gandalf frodo hobbit ninja samurai warrior knight pirate captain soldier victory winner champion player gamer
  guitar music metal rocknroll metallica nirvana beatles elvis eminem snoopy mickey minnie donald garfield
  scooby simpson homer peanut pumpkin sweety honey sugar candy cherry apples lemon strawberry
  alexander samantha victoria elizabeth christopher benjamin jonathan nicholas stephanie patricia veronica
  isabella gabriel sebastian oliver sophie emma julia anna maria johan erik karl lars anders fredrik
  marina natasha svetlana vladimir sergey alejandro carlos fernando ricardo roberto francesco giovanni
  parker tucker murphy maverick scooter casper rascal bandit lucky happy smile crazy boomer cowboy
  dakota phantom stalker hardcore creative genius einstein newton godzilla blabla asdasd qweqwe qazwsx
  zaqwsx passpass testtest gfhjkm bonjour soleil doudou chouchou marseille hallo schatz frankfurt hamburg
  estrella teamo mariposa amigos futbol tequiero brasil flamengo corinthians amore ciao roma inter milan
`);

/** What people put behind a word when a number or a sign is asked for. */
const years = Array.from({ length: 12 }, (_, index) => String(2016 + index));
const endings = [
  ...[
    '1',
    '12',
    '123',
    '1234',
    '12345',
    '123456',
    '01',
    '007',
    '69',
    '99',
    '00',
    '11',
    '22',
    '321',
  ],
  ...['!', '1!', '12!', '123!', '1234!', '.', '@123', '#1', '!!', '123#', '@1', '_1', '*'],
  ...years,
  ...years.slice(-6).map((year) => `${year}!`),
  ...years.slice(-6).map((year) => `@${year}`),
];

const leet = (word) =>
  word
    .replaceAll('a', '@')
    .replaceAll('o', '0')
    .replaceAll('i', '1')
    .replaceAll('s', '$')
    .replaceAll('e', '3');
const soft = (word) => word.replaceAll('o', '0').replaceAll('i', '1').replaceAll('e', '3');

/** Rows of keys, read forwards, backwards and in pieces. */
const rows = [
  '1234567890',
  '12345678901234567890',
  'qwertyuiop',
  'qwertyuiopasdfghjklzxcvbnm',
  'asdfghjkl',
  'asdfghjklzxcvbnm',
  'zxcvbnm1234',
  'qwertzuiop',
  'azertyuiop',
  'qwertyuiopå',
  'asdfghjklöä',
  'abcdefghijklmnopqrstuvwxyz',
  '1qaz2wsx3edc4rfv5tgb',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'qazwsxedcrfvtgbyhnujm',
  'zaq12wsxcde34rfv',
  '!qaz2wsx#edc4rfv',
  '1a2b3c4d5e6f7g',
  'a1b2c3d4e5f6g7',
  'abc123def456',
  '147258369',
  '159357456',
  '789456123',
  '123qweasdzxc',
  'qweasdzxc123',
  'qwe123asd456',
  'asd123qwe456',
  '987654321',
  '0987654321',
  '1234qwerasdfzxcv',
  'qwer1234asdf5678',
  'q1q2q3q4q5',
  'aaa111bbb222',
  '112233445566',
  '123123123',
  '321321321',
  '123321123321',
  '1234512345',
  '12341234',
  '135792468',
  '246813579',
  '102030405060',
  '1g2w3e4r',
  '1qazxsw23edc',
  '5tgb6yhn7ujm',
  '2wsx3edc4rfv',
  '123456qwerty',
  'qwerty123456',
  '123abc456def',
  'abcd12345678',
];

const found = new Set();
const add = (text) => {
  const entry = text.normalize('NFKC').toLowerCase();
  if ([...entry].length >= 8) found.add(entry);
};

for (const row of rows) {
  const backwards = [...row].reverse().join('');
  for (const text of [row, backwards]) {
    for (let start = 0; start + 8 <= text.length; start += 1)
      for (let end = start + 8; end <= text.length; end += 1) add(text.slice(start, end));
    for (const ending of ['1', '123', '!', '1!']) {
      add(text.slice(0, 8) + ending);
      add(text.slice(0, 6) + ending + ending);
      add(text.slice(0, 6) + ending);
    }
  }
}
for (const sign of '0123456789abcdefghijklmnopqrstuvwxyz!*.-')
  for (let n = 8; n <= 16; n += 1) add(sign.repeat(n));
for (let pair = 0; pair < 100; pair += 1)
  for (let n = 4; n <= 6; n += 1) add(String(pair).padStart(2, '0').repeat(n));
for (const year of Array.from({ length: 80 }, (_, index) => String(1950 + index))) {
  add(year + year);
  for (const word of [
    'pass',
    'love',
    'qwerty',
    'password',
    'welcome',
    'summer',
    'sommar',
    'winter',
    'vinter',
  ])
    add(word + year);
}
for (const word of words) {
  add(word + word);
  for (const ending of ['', ...endings]) add(word + ending);
  for (const form of [leet(word), soft(word), word.replace('a', '@').replaceAll('o', '0')])
    for (const ending of ['', '1', '123', '!']) add(form + ending);
  for (const start of ['123', '1', 'the', 'my', 'i', '1234']) add(start + word);
}

const entries = [...found].sort();
writeFileSync(new URL('../data/common-passwords.txt', import.meta.url), entries.join('\n') + '\n');
console.log(`${entries.length} passwords`);
