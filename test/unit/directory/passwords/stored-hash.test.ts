import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { createPasswordHashing } from '../../../../src/directory/passwords/password-hashing.js';
import {
  assertAffordable,
  parseStoredHash,
  readStoredHash,
  verifyStoredHash,
} from '../../../../src/directory/passwords/stored-hash.js';
import { UnusableHash } from '../../../../src/directory/passwords/unusable-hash.js';

const right = 'correct horse battery';
const salt = Buffer.from('0123456789abcdef');
const cheap = { memoryKiB: 64, passes: 1, lanes: 1 };
const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const pbkdf2 = (digest: string, length: number) =>
  base64(pbkdf2Sync(right, salt, 1_000, length, digest));

/** The example of PHP's manual for password_verify, of "rasmuslerdorf". */
const madeByPhp = '$2y$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a';

describe('hashes of other systems', () => {
  const made: [string, () => string | Promise<string>][] = [
    ['argon2id', () => argon2(right, { memoryCost: 64, timeCost: 1 })],
    [
      'argon2id with more lanes',
      () => argon2(right, { memoryCost: 64, timeCost: 3, parallelism: 2 }),
    ],
    ['bcrypt 2b', () => bcrypt(right, 4)],
    ['bcrypt 2a', async () => (await bcrypt(right, 4)).replace('$2b$', '$2a$')],
    ['bcrypt 2y', async () => (await bcrypt(right, 4)).replace('$2b$', '$2y$')],
    [
      'passlib sha256',
      () => `$pbkdf2-sha256$1000$${base64(salt)}$${pbkdf2('sha256', 32)}`.replaceAll('+', '.'),
    ],
    ['passlib sha512', () => `$pbkdf2-sha512$1000$${base64(salt)}$${pbkdf2('sha512', 64)}`],
    ['PHC sha256', () => `$pbkdf2-sha256$i=1000,l=32$${base64(salt)}$${pbkdf2('sha256', 32)}`],
    [
      'padded PHC sha512',
      () => `$pbkdf2-sha512$i=1000$${base64(salt)}==$${pbkdf2('sha512', 64)}==`,
    ],
  ];

  test.each(made)('%s', async (_, make) => {
    const stored = parseStoredHash(await make());
    expect(() => assertAffordable(stored)).not.toThrow();
    expect(await verifyStoredHash(stored, right)).toBe(true);
    expect(await verifyStoredHash(stored, `${right}x`)).toBe(false);
    expect(createPasswordHashing().isOutdated(stored)).toBe(true);
  });

  test('a bcrypt hash of PHP', async () => {
    const stored = parseStoredHash(madeByPhp);
    expect(await verifyStoredHash(stored, 'rasmuslerdorf')).toBe(true);
  });

  test('bcrypt never matches past the 72 bytes it looks at', async () => {
    const long = 'x'.repeat(72);
    const stored = parseStoredHash(await bcrypt(long, 4));
    expect(await verifyStoredHash(stored, long)).toBe(true);
    expect(await verifyStoredHash(stored, `${long}y`)).toBe(false);
  });

  test.each([
    ['$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo'],
    ['$argon2id$v=19$m=65536,t=4000,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo'],
    ['$argon2id$v=19$m=262144,t=12,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo'],
    ['$2b$31$abcdefghijklmnopqrstuuCm0ZjNmBBjLpHZ4nGaLqFqTXHqfGN8W'],
    [
      '$pbkdf2-sha256$i=1000000000$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY',
    ],
    ['$pbkdf2-sha256$10$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY'],
  ])('%s is not affordable or too weak', (text) => {
    expect(() => assertAffordable(parseStoredHash(text))).toThrow(UnusableHash);
  });

  test.each([
    [''],
    ['secret'],
    ['$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo'],
    ['$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo'],
    ['$argon2id$v=19$m=7,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo'],
    ['$2b$03$abcdefghijklmnopqrstuuCm0ZjNmBBjLpHZ4nGaLqFqTXHqfGN8W'],
    ['$2x$10$abcdefghijklmnopqrstuuCm0ZjNmBBjLpHZ4nGaLqFqTXHqfGN8W'],
    ['$pbkdf2-md5$1000$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg'],
    ['$pbkdf2-sha256$i=1000,l=64$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg'],
    ['$pbkdf2-sha256$i=1000,x=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg'],
    ['$pbkdf2-sha256$1000$AA$MDEyMzQ1Njc4OWFiY2RlZg'],
    [`$2b$10$${'a'.repeat(5000)}`],
  ])('%s is refused, without being repeated', (text) => {
    let told = '';
    try {
      parseStoredHash(text);
    } catch (error) {
      expect(error).toBeInstanceOf(UnusableHash);
      told = (error as Error).message;
    }
    expect(told).not.toBe('');
    if (text !== '') expect(told).not.toContain(text);
    expect(readStoredHash(text)).toBeNull();
  });
});

describe('our own hashes', () => {
  test('cost 19 MiB and two passes unless configured otherwise', async () => {
    const hashing = createPasswordHashing();
    const stored = parseStoredHash(await hashing.hash(right));
    expect(stored).toMatchObject({ scheme: 'argon2id', memoryKiB: 19_456, passes: 2, lanes: 1 });
    expect(hashing.isOutdated(stored)).toBe(false);
    expect(createPasswordHashing(cheap).isOutdated(stored)).toBe(true);
    expect(await hashing.verify(stored, right)).toBe(true);
  });

  test('the decoy has the same cost and matches nothing', async () => {
    const hashing = createPasswordHashing(cheap);
    expect(hashing.decoy).toMatchObject(cheap);
    if (hashing.decoy.scheme !== 'argon2id') throw new Error('not argon2id');
    expect(parseStoredHash(hashing.decoy.phc)).toEqual(hashing.decoy);
    expect(await hashing.verify(hashing.decoy, '')).toBe(false);
  });
});
