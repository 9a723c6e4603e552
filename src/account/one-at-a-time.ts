import type { Clock } from '../kernel/clock.js';
import type { Session } from '../sessions/session.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';

/** Longer than any change takes; then the turn of a process that died is over. */
const TURN_MS = 60_000;

/**
 * Lets one change to a person's ways of signing in happen at a time, over all nodes: two removals side by side would
 * each see the other's factor as the one that stays. `null`: another one is under way, nothing was done.
 */
export async function oneAtATime<Value>(
  deps: { store: Pick<EphemeralStore, 'commit'>; clock: Clock },
  session: Pick<Session, 'id' | 'person'>,
  work: () => Promise<Value>,
): Promise<Value | null> {
  const key = `account-change:${session.person}`;
  const value = `${session.id} ${deps.clock.now()}`;
  const taken = await deps.store.commit(
    [{ kind: 'set', key, value, ttlMs: TURN_MS }],
    [{ key, expected: null }],
  );
  if (!taken) return null;
  try {
    return await work();
  } finally {
    await deps.store.commit([{ kind: 'delete', key }], [{ key, expected: value }]);
  }
}
