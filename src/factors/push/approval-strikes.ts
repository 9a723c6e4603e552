import { sql } from 'kysely';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { ApprovalStrikes } from './challenges.js';
import { pushLimits } from './push-limits.js';

/** One statement for each charge, so that parallel tries on any number of nodes cannot outrun the limit. */
export function createApprovalStrikes({ db }: Pick<SqlDatabase, 'db'>): ApprovalStrikes {
  return {
    async charge(profile, now) {
      const charged = await db
        .updateTable('profiles')
        .set({
          failures: sql<number>`failures + 1`,
          failed_at: now,
          locked_at: sql<number | null>`case
            when failures + 1 >= cast(${pushLimits.strikes} as integer) then cast(${now} as bigint)
            else null end`,
        })
        .where('id', '=', profile)
        .where('activated_at', 'is not', null)
        .where('locked_at', 'is', null)
        .where('revoked_at', 'is', null)
        .returning('failures')
        .executeTakeFirst();
      return charged === undefined ? null : { strikesLeft: pushLimits.strikes - charged.failures };
    },

    async forgive(profile, now) {
      await db
        .updateTable('profiles')
        .set({ failures: 0, locked_at: null, last_used_at: now })
        .where('id', '=', profile)
        .where('revoked_at', 'is', null)
        .execute();
    },
  };
}
