import type { CodeCredentials } from '../../devices/code-credentials.js';
import type { Clock } from '../../kernel/clock.js';
import { newPrefixedId } from '../../kernel/prefixed-id.js';
import type { RandomSource } from '../../kernel/random.js';
import type { Sealer } from '../../keys/sealer.js';
import { sealingContext } from '../../keys/sealing-context.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import { lockOf } from '../attempts/lockout.js';
import { insertCredential } from './insert-credential.js';

/** Codes of our own phone app are codes like all others, so that strikes, drift and replay memory are the same. */
export function createCodeCredentials(deps: {
  database: SqlDatabase;
  sealer: Sealer;
  clock: Clock;
  random: RandomSource;
}): CodeCredentials {
  const { database, sealer, clock, random } = deps;
  return {
    prepare(secret) {
      const id = newPrefixedId('otp', random);
      return { id, sealed: sealer.seal(Buffer.from(secret), sealingContext.otpSecret(id)) };
    },

    async add(tx, { id, sealed, person, label }) {
      const times = { createdAt: clock.now(), lastUsedAt: null };
      const credential = { id, sealed, person, label, lastStep: 0, ...times };
      const outcome = await insertCredential(tx, database.dialect, credential);
      return outcome === 'inserted' ? 'added' : 'too-many';
    },

    remove: removeCodeCredential,

    async state(person, id) {
      const row = await database.db
        .selectFrom('otp_credentials')
        .select(['locked_until', 'failures_total'])
        .where('id', '=', id)
        .where('person_id', '=', person)
        .executeTakeFirst();
      if (row === undefined) return null;
      const lock = lockOf(row);
      if (lock === null || (!lock.forGood && lock.until <= clock.now())) {
        return { locked: false, lockedUntil: null };
      }
      return { locked: true, lockedUntil: lock.forGood ? null : lock.until };
    },
  };
}

/** Needs no key: for processes that only take credentials away. */
export const removeCodeCredential: CodeCredentials['remove'] = async (tx, person, id) => {
  await tx
    .deleteFrom('otp_credentials')
    .where('id', '=', id)
    .where('person_id', '=', person)
    .execute();
};
