import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadBlocklist } from '../../../../src/directory/passwords/blocklist.js';
import {
  createPasswordPolicy,
  type PasswordPolicy,
} from '../../../../src/directory/passwords/password-policy.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const person = {
  username: 'anna.lindqvist',
  name: 'Anna Lindqvist',
  mail: 'alq42@northgate.example',
};

describe('new passwords', () => {
  const folder = temporaryFolder();
  let policy: PasswordPolicy;
  beforeAll(async () => {
    const file = folder.write('blocklist.txt', 'Company Picnic\r\n\r\nsecond entry\n');
    const blocklist = await loadBlocklist(file);
    expect(blocklist.size).toBeGreaterThan(3000);
    policy = createPasswordPolicy({ minimumLength: 8, blocklist, contextWords: ['Northgate'] });
  });

  const cases: [string, string, string | null][] = [
    ['seven characters', 'xk4!pQz', 'password_too_short'],
    ['eight characters', 'xk4!pQzv', null],
    ['eight code points outside the BMP', '🦊🐻🐼🐨🐯🦁🐮🐷', null],
    ['seven that look like eight before NFKC', 'xk4!pQa\u030a', 'password_too_short'],
    ['64 characters', 'a long sentence that nobody will guess, with sixty-four in all..', null],
    ['64 times one character', 'a'.repeat(64), null],
    ['1024 bytes', 'å'.repeat(512), null],
    ['1025 bytes', `${'å'.repeat(512)}x`, 'password_too_long'],
    ['only spaces between words', 'ett två tre fyra fem', null],
    ['no capitals, digits or signs', 'purpleelephantsdance', null],
    ['a common one', 'password1', 'password_blocked'],
    ['a common one in other case', 'PassWord1', 'password_blocked'],
    ['a common one in full width', 'ｐａｓｓｗｏｒｄ１', 'password_blocked'],
    ['a keyboard walk', 'qwertyuiop', 'password_blocked'],
    ['a season and year', 'Sommar2026', 'password_blocked'],
    ['a run', '23456789', 'password_blocked'],
    ['a run backwards', 'hgfedcba', 'password_blocked'],
    ['one sign over and over', '€€€€€€€€€', 'password_blocked'],
    ['the organisation', 'Northgate2026', 'password_blocked'],
    ['the organisation in a sentence', 'northgate has nice coffee', null],
    ['the user name', 'Anna.Lindqvist', 'password_blocked'],
    ['the family name', 'lindqvist!7', 'password_blocked'],
    ['the mail address before the at sign', 'alq42alq42', 'password_blocked'],
    ["the operator's", 'company picnic', 'password_blocked'],
  ];
  test.each(cases)('%s', (_, password, problem) => {
    expect(policy.problem(password, person)).toBe(problem);
  });

  test('a file that is not there is an error', async () => {
    await expect(loadBlocklist('/no/such/file')).rejects.toThrow();
  });
});
