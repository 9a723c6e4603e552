import type { FailureReason } from '../../audit/failure-reasons.js';
import type { Person } from '../../directory/person.js';
import type { Queryable } from '../../storage/sql/sql-database.js';

/** Every phone the person ever had, since the help desk last removed everything. */
const phonesOf = (db: Queryable, { id }: Pick<Person, 'id'>) =>
  db
    .selectFrom('profiles')
    .select(['locked_at', 'revoked_at'])
    .where('person_id', '=', id)
    .where('activated_at', 'is not', null)
    .where((where) =>
      where.or([where('revoked_because', 'is', null), where('revoked_because', '<>', 'reset')]),
    );

/**
 * Why somebody without a phone that can be asked is not somebody who never had one: it is locked, or was taken out of use.
 * Whoever has phone and password but no PIN could do either.
 */
export async function phoneOutOfUse(
  db: Queryable,
  person: Pick<Person, 'id'>,
): Promise<Extract<FailureReason, 'push_locked' | 'push_removed'> | null> {
  const phones = await phonesOf(db, person).execute();
  const inForce = phones.filter((phone) => phone.revoked_at === null);
  if (inForce.some((phone) => phone.locked_at !== null)) return 'push_locked';
  return phones.length > inForce.length ? 'push_removed' : null;
}

/** Has the person ever had a phone, since the help desk last removed everything? */
export async function everHadPhone(tx: Queryable, person: Pick<Person, 'id'>): Promise<boolean> {
  return (await phonesOf(tx, person).limit(1).execute()).length > 0;
}

/** The help desk has removed everything: the person may set up a second factor as somebody who never had one. */
export async function forgetPhones(tx: Queryable, { id }: Pick<Person, 'id'>): Promise<void> {
  await tx
    .updateTable('profiles')
    .set({ revoked_because: 'reset' })
    .where('person_id', '=', id)
    .where('revoked_at', 'is not', null)
    .execute();
}
