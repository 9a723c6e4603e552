import {
  assertAffordableArgon2,
  parseArgon2Hash,
  verifyArgon2,
  type Argon2Hash,
} from './argon2-hash.js';
import {
  assertAffordableBcrypt,
  parseBcryptHash,
  verifyBcrypt,
  type BcryptHash,
} from './bcrypt-hash.js';
import {
  assertAffordablePbkdf2,
  parsePbkdf2Hash,
  verifyPbkdf2,
  type Pbkdf2Hash,
} from './pbkdf2-hash.js';
import { UnusableHash } from './unusable-hash.js';

/** A password hash as it is kept: our own argon2id, or one brought from another system. */
export type StoredHash = Argon2Hash | BcryptHash | Pbkdf2Hash;

/** @throws UnusableHash with words an operator can act on; the hash itself is not in them */
export function parseStoredHash(text: string): StoredHash {
  if (text.length > 512) throw new UnusableHash('is longer than any supported hash');
  const parsed = parseArgon2Hash(text) ?? parseBcryptHash(text) ?? parsePbkdf2Hash(text);
  if (parsed !== null) return parsed;
  throw new UnusableHash(
    'is none of argon2id, bcrypt ($2a$, $2b$, $2y$), $pbkdf2-sha256$ and $pbkdf2-sha512$',
  );
}

/**
 * Checks that judging a password with it stays affordable, so that a hash from elsewhere cannot make a sign-in
 * eat the memory or minutes of CPU. @throws UnusableHash
 */
export function assertAffordable(stored: StoredHash): void {
  switch (stored.scheme) {
    case 'argon2id':
      return assertAffordableArgon2(stored);
    case 'bcrypt':
      return assertAffordableBcrypt(stored);
    case 'pbkdf2':
      return assertAffordablePbkdf2(stored);
  }
}

/** A stored hash that can no longer be read counts as none: its person needs a new password. */
export function readStoredHash(text: string | null): StoredHash | null {
  if (text === null) return null;
  try {
    return parseStoredHash(text);
  } catch (error) {
    if (error instanceof UnusableHash) return null;
    throw error;
  }
}

/** Judges a normalised password. Costs what the hash says; run it in the hash queue. */
export function verifyStoredHash(stored: StoredHash, password: string): Promise<boolean> {
  switch (stored.scheme) {
    case 'argon2id':
      return verifyArgon2(stored, password);
    case 'bcrypt':
      return verifyBcrypt(stored, password);
    case 'pbkdf2':
      return verifyPbkdf2(stored, password);
  }
}
