import { createHash } from 'node:crypto';
import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { Sealer } from '../../../keys/sealer.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { TrustedMessage } from './logout-message.js';

const PARKED_FOR_MS = 5 * 60_000;

export interface ParkedMessages {
  /** @returns the handle that gives it back, once */
  park(message: TrustedMessage): Promise<string>;
  take(handle: string): Promise<TrustedMessage | null>;
}

/** Posted messages come from other sites, without our cookies; what they came to waits for the GET that brings them. */
export function createParkedMessages(deps: {
  store: EphemeralStore;
  sealer: Sealer;
  random: RandomSource;
}): ParkedMessages {
  return {
    async park(message) {
      const handle = randomToken(deps.random, 128);
      const key = keyOf(handle);
      const value = deps.sealer.seal(Buffer.from(JSON.stringify({ v: 1, message })), key);
      await deps.store.commit([{ kind: 'set', key, value, ttlMs: PARKED_FOR_MS }]);
      return handle;
    },
    async take(handle) {
      const key = keyOf(handle);
      const stored = await deps.store.take(key);
      if (stored === null) return null;
      try {
        const record = JSON.parse(deps.sealer.open(stored, key).toString()) as {
          v: number;
          message: TrustedMessage;
        };
        return record.v === 1 ? record.message : null;
      } catch {
        // What was not sealed by us is no message.
        return null;
      }
    },
  };
}

const keyOf = (handle: string) =>
  `parked-saml:logout:${createHash('sha256').update(handle).digest('base64url')}`;
