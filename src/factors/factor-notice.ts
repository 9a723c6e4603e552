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
  notice: { template: FactorNotice; factor: string; at: number },
): Promise<void> {
  if (person.mail === null) return;
  await outbox.enqueue(tx, {
    kind: 'mail',
    payload: {
      to: person.mail,
      template: notice.template,
      locale: person.locale,
      name: person.name,
      factor: notice.factor,
      at: notice.at,
    },
  });
}
