import type { HashQueue } from './hash-queue.js';
import type { PasswordHashing } from './password-hashing.js';
import { parseStoredHash } from './stored-hash.js';

/** Password hashing for other secrets that people type, in the same bounded queue. */
export interface SlowHash {
  /** PHC string. @throws Overloaded */
  hash(text: string): Promise<string>;
  /** @throws Overloaded */
  verify(phc: string, text: string): Promise<boolean>;
}

export function createSlowHash(hashing: PasswordHashing, queue: HashQueue): SlowHash {
  return {
    hash: (text) => queue.run(() => hashing.hash(text)),
    verify: (phc, text) => queue.run(() => hashing.verify(parseStoredHash(phc), text)),
  };
}
