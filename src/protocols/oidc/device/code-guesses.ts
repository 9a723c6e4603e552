import { createHash } from 'node:crypto';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';

/**
 * Counts codes that were good for nothing, by address (RFC 8628, 5.1). With 20^8 codes, ten tries a quarter of an hour
 * find nothing; a right code costs no try, so that an office behind one address is not held up.
 */
export function createCodeGuesses(store: EphemeralStore): {
  exhausted: (address: string) => Promise<boolean>;
  count: (address: string) => Promise<void>;
} {
  return {
    async exhausted(address) {
      const [count] = await store.read([keyOf(address)]);
      return Number(count ?? 0) >= MOST;
    },
    async count(address) {
      await store.increment(keyOf(address), WINDOW_MS);
    },
  };
}

const MOST = 10;
const WINDOW_MS = 15 * 60_000;

const keyOf = (address: string) =>
  `oidc:user-code-guesses:${createHash('sha256').update(address).digest('base64url')}`;
