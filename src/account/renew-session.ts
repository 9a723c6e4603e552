import { isCurrent } from '../sessions/session-person.js';
import type { Session } from '../sessions/session.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { Presence } from './presence.js';

const ATTEMPTS = 5;

/**
 * Puts a new session, with a new id and at an epoch that is the person's by now, in the place of one that counted for the
 * person as given: same proofs but for those left behind, same end, same relying parties to tell. A session that was ended
 * meanwhile stays ended.
 */
export async function renewSession(
  deps: { sessions: SessionStore; store: Pick<EphemeralStore, 'commit'> },
  { session: { id }, person }: Presence,
  epoch: number,
  /** Proofs by these credentials are left behind. */
  without: ReadonlySet<string> = new Set(),
): Promise<{ session: Session; cookie: string } | null> {
  const { sessions, store } = deps;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const current = await sessions.findById(id);
    if (current === null || !isCurrent(current.session, person)) return null;
    const { browser, participants, startedAt, expiresAt } = current.session;
    const events = current.session.events.filter((event) => !without.has(event.credential ?? ''));
    const credentialsUsed = current.session.credentialsUsed.filter((used) => !without.has(used));
    const born = sessions.prepare({
      person: person.id,
      epoch,
      events,
      credentialsUsed,
      browser,
      participants,
      startedAt,
      expiresAt,
    });
    const writes = [...sessions.removal(current.session), ...born.writes];
    if (await store.commit(writes, sessions.change(current, {}).guards)) return born;
  }
  return null;
}
