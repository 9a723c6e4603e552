import type { PersonId } from '../directory/person.js';
import type { Outbox } from '../jobs/outbox.js';
import type { Queryable } from '../storage/sql/sql-database.js';

/** Mails about phones. `sign-in-disowned`: somebody said "it isn't me" on one; `sign-in-reported`: on the account page. */
export type DeviceNotice =
  'phone-added' | 'phone-removed' | 'phone-locked' | 'sign-in-disowned' | 'sign-in-reported';

/** Queues the mail with the change it tells of. People without a mail address get none. */
export async function notifyOfDevice(
  outbox: Outbox,
  tx: Queryable,
  person: PersonId,
  notice: {
    template: DeviceNotice;
    at: number;
    label?: string;
    /** Why, of a removal: `phone-removed` has a sentence for each reason. */
    because?: string;
    service?: string;
    place?: string;
  },
): Promise<void> {
  const row = await tx
    .selectFrom('people')
    .select(['name', 'mail', 'locale'])
    .where('id', '=', person)
    .executeTakeFirst();
  if (row === undefined || row.mail === null) return;
  const { name, mail, locale } = row;
  await outbox.enqueue(tx, { kind: 'mail', payload: { ...notice, to: mail, locale, name } });
}
