import type { Clock } from '../kernel/clock.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import type { Session } from './session.js';

/** Writes down durably that a session is over; whoever reads its person sees it, whatever the short-lived store says. */
export type NoteEnd = (session: Pick<Session, 'id' | 'person' | 'expiresAt'>) => Promise<void>;

/** One statement. Of somebody who was deleted meanwhile nothing is written: they have no session that counts. */
export const createNoteEnd =
  ({ db }: { db: Queryable }): NoteEnd =>
  async ({ id, person, expiresAt }) => {
    await db
      .insertInto('ended_sessions')
      .columns(['person_id', 'session', 'expires_at'])
      .expression((eb) =>
        eb
          .selectFrom('people')
          .where('id', '=', person)
          .select((select) => [
            'people.id as person_id',
            select.val(id).as('session'),
            select.cast<number>(select.val(expiresAt), 'bigint').as('expires_at'),
          ]),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  };

/** A process whose clock is behind takes a session for alive a little longer. */
const SLACK_MS = 10 * 60_000;

/** Forgets sessions that could not live any more. */
export async function pruneEndedSessions(deps: { db: Queryable; clock: Clock }): Promise<void> {
  await deps.db
    .deleteFrom('ended_sessions')
    .where('expires_at', '<=', deps.clock.now() - SLACK_MS)
    .execute();
}
