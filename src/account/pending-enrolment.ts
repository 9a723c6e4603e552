import type { FactorPrompt } from '../factors/factor.js';
import type { Clock } from '../kernel/clock.js';
import type { Sealer } from '../keys/sealer.js';
import type { SessionId } from '../sessions/session.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';

/** For a phone: as long as its code and the activation after it may take together. */
const lifetimesMs = { 'account-enrol': 10 * 60_000, 'account-phone': 20 * 60_000 } as const;

/** The end is in the record too, because the store may go by another clock than we do. */
interface Pending {
  v: 1;
  prompt: FactorPrompt;
  expiresAt: number;
}

/** A factor that is being set up: one in a session, sealed, for ten or twenty minutes. */
export interface PendingEnrolments {
  save(session: SessionId, prompt: FactorPrompt): Promise<void>;
  find(session: SessionId): Promise<FactorPrompt | null>;
  drop(session: SessionId): Promise<void>;
}

export function createPendingEnrolments(
  deps: { store: EphemeralStore; sealer: Sealer; clock: Clock },
  /** Enrolments of different kinds do not get into each other's way. */
  family: keyof typeof lifetimesMs = 'account-enrol',
): PendingEnrolments {
  const { store, sealer, clock } = deps;
  const lifetimeMs = lifetimesMs[family];
  const key = (session: SessionId) => `${family}:${session}`;
  return {
    async save(session, prompt) {
      const pending: Pending = { v: 1, prompt, expiresAt: clock.now() + lifetimeMs };
      const value = sealer.seal(Buffer.from(JSON.stringify(pending)), key(session));
      await store.commit([{ kind: 'set', key: key(session), value, ttlMs: lifetimeMs }]);
    },
    async find(session) {
      const [stored] = await store.read([key(session)]);
      if (!stored) return null;
      try {
        const pending = JSON.parse(sealer.open(stored, key(session)).toString()) as Pending;
        return pending.v === 1 && pending.expiresAt > clock.now() ? pending.prompt : null;
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
