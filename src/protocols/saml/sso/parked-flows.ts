import { createHash } from 'node:crypto';
import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { Sealer } from '../../../keys/sealer.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { AuthnFlow } from './authn-flow.js';

const PARKED_FOR_MS = 5 * 60_000;

export interface ParkedFlows {
  /** @returns the handle that gives it back, once */
  park(flow: AuthnFlow): Promise<string>;
  take(handle: string): Promise<AuthnFlow | null>;
}

/**
 * A request posted from another site comes without our cookies (they are Lax), a GET that follows it brings them. So
 * what a posted message comes to waits here for that GET.
 */
export function createParkedFlows(deps: {
  store: EphemeralStore;
  sealer: Sealer;
  random: RandomSource;
}): ParkedFlows {
  return {
    async park(flow) {
      const handle = randomToken(deps.random, 128);
      const key = keyOf(handle);
      const value = deps.sealer.seal(Buffer.from(JSON.stringify(flow)), key);
      await deps.store.commit([{ kind: 'set', key, value, ttlMs: PARKED_FOR_MS }]);
      return handle;
    },
    async take(handle) {
      const key = keyOf(handle);
      const stored = await deps.store.take(key);
      if (stored === null) return null;
      try {
        const flow = JSON.parse(deps.sealer.open(stored, key).toString()) as AuthnFlow;
        return flow.v === 1 ? flow : null;
      } catch {
        // What was not sealed by us is no request.
        return null;
      }
    },
  };
}

const keyOf = (handle: string) =>
  `parked-saml:${createHash('sha256').update(handle).digest('base64url')}`;
