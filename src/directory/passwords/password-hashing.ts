import {
  decoyArgon2Hash,
  defaultArgon2Cost,
  hasCost,
  hashArgon2,
  type Argon2Cost,
} from './argon2-hash.js';
import { verifyStoredHash, type StoredHash } from './stored-hash.js';

/**
 * Hashing as the directory uses it. Takes normalised passwords. Hashing and verifying cost tens of milliseconds of
 * CPU and tens of megabytes each: do it in a slot of the hash queue only.
 */
export interface PasswordHashing {
  verify(stored: StoredHash, password: string): Promise<boolean>;
  /** PHC string with today's algorithm and cost. */
  hash(password: string): Promise<string>;
  /** Was it made with another algorithm or cost than today's? Then it is replaced when its person signs in next. */
  isOutdated(stored: StoredHash): boolean;
  /** Matches nothing and costs what today's hashes cost; judged where there is no hash. */
  readonly decoy: StoredHash;
}

export function createPasswordHashing(cost: Argon2Cost = defaultArgon2Cost): PasswordHashing {
  return {
    verify: verifyStoredHash,
    hash: (password) => hashArgon2(password, cost),
    isOutdated: (stored) => stored.scheme !== 'argon2id' || !hasCost(stored, cost),
    decoy: decoyArgon2Hash(cost),
  };
}
