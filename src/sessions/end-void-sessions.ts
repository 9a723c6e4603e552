import type { JobBody, NewJob, Outbox } from '../jobs/outbox.js';
import type { Directory } from '../directory/directory.js';
import type { PersonId } from '../directory/person.js';
import type { Clock } from '../kernel/clock.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import { holds } from './session-person.js';
import type { Session } from './session.js';
import type { SessionStore } from './session-store.js';

const kind = 'end-void-sessions';

/** Whoever makes their own sessions void on a page of ours ends or renews them there and then. */
const PAGES_FIRST_MS = 5_000;

/**
 * Queued with a change that makes sessions void. Nobody can use them from then on; this tells the services that were
 * entered with them, which needs a server's memory and therefore a job.
 */
export const endVoidSessions = (person: PersonId): NewJob => ({ kind, payload: { person } });

/** For changes that make everything of a person void: queues it in their transaction, behind what pages do themselves. */
export function tellOfVoid({ outbox, clock }: { outbox: Outbox; clock: Clock }) {
  return (tx: Queryable, person: PersonId): Promise<void> =>
    outbox.enqueue(tx, { ...endVoidSessions(person), runAt: clock.now() + PAGES_FIRST_MS });
}

/** Ends the sessions of a person that are void by now, and leaves the others alone. */
export function createEndVoidSessions(deps: {
  directory: Pick<Directory, 'find'>;
  sessions: Pick<SessionStore, 'ofPerson'>;
  endSession: (session: Session) => Promise<unknown>;
}): JobBody {
  return {
    kind,
    async run({ person: id }) {
      const sessions = await deps.sessions.ofPerson(id as PersonId);
      const person = await deps.directory.find(id as PersonId);
      const over = sessions.filter((session) => person === null || !holds({ session }, person));
      await Promise.all(over.map((session) => deps.endSession(session)));
    },
  };
}
