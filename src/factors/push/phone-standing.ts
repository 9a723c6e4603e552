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

type PhoneOutOfUse = Extract<FailureReason, 'push_locked' | 'push_removed'>;

/**
 * Has the person ever had a phone, since the help desk last removed everything, and what became of it? Somebody whose phone is
 * locked or was taken out of use is not somebody who never had one: whoever has phone and password but no PIN could do either.
 */
export async function phoneStanding(
  db: Queryable,
  person: Pick<Person, 'id'>,
): Promise<'never' | 'in-use' | PhoneOutOfUse> {
  const phones = await phonesOf(db, person).execute();
  const inForce = phones.filter((phone) => phone.revoked_at === null);
  if (inForce.some((phone) => phone.locked_at === null)) return 'in-use';
  if (inForce.length > 0) return 'push_locked';
  return phones.length > 0 ? 'push_removed' : 'never';
}

/** Why none of the phones that the person had can be asked; `null` when one can, or they never had any. */
export async function phoneOutOfUse(
  db: Queryable,
  person: Pick<Person, 'id'>,
): Promise<PhoneOutOfUse | null> {
  const standing = await phoneStanding(db, person);
  return standing === 'never' || standing === 'in-use' ? null : standing;
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
