import type { Person } from '../directory/person.js';
import type { Outbox } from '../jobs/outbox.js';
import type { Queryable } from '../storage/sql/sql-database.js';

/** Mails that tell people of a change to their factors, so that one made by somebody else is noticed. */
export type FactorNotice =
  'factor-added' | 'factor-removed' | 'recovery-codes-generated' | 'recovery-code-used';

/** Queues the mail with the change it tells of. People without a mail address get none. */
export async function notifyOfFactor(
  outbox: Outbox,
  tx: Queryable,
  person: Person,
  notice: {
    template: FactorNotice;
    factor: string;
    at: number;
    /** What the person calls the device, where they named it. */
    label?: string;
    /** How many recovery codes are left. */
    remaining?: number;
  },
): Promise<void> {
  if (person.mail === null) return;
  await outbox.enqueue(tx, {
    kind: 'mail',
    payload: { ...notice, to: person.mail, locale: person.locale, name: person.name },
  });
}
