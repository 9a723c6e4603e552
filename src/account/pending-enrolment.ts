import type { FactorPrompt } from '../factors/factor.js';
import type { Sealer } from '../keys/sealer.js';
import type { SessionId } from '../sessions/session.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';

const LIFETIME_MS = 10 * 60_000;

/** A factor that is being set up: one in a session, sealed, for ten minutes. */
export interface PendingEnrolments {
  save(session: SessionId, prompt: FactorPrompt): Promise<void>;
  find(session: SessionId): Promise<FactorPrompt | null>;
  drop(session: SessionId): Promise<void>;
}

export function createPendingEnrolments(deps: {
  store: EphemeralStore;
  sealer: Sealer;
}): PendingEnrolments {
  const { store, sealer } = deps;
  return {
    async save(session, prompt) {
      const value = sealer.seal(Buffer.from(JSON.stringify(prompt)), key(session));
      await store.commit([{ kind: 'set', key: key(session), value, ttlMs: LIFETIME_MS }]);
    },
    async find(session) {
      const [stored] = await store.read([key(session)]);
      if (!stored) return null;
      try {
        return JSON.parse(sealer.open(stored, key(session)).toString()) as FactorPrompt;
      } catch {
        // What we did not seal for this session ourselves does not count: the person starts again.
        return null;
      }
    },
    async drop(session) {
      await store.commit([{ kind: 'delete', key: key(session) }]);
    },
  };
}

const key = (session: SessionId) => `account-enrol:${session}`;
