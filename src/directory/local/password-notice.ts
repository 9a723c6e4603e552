import type { Outbox } from '../../jobs/outbox.js';
import type { Queryable } from '../../storage/sql/sql-database.js';
import type { Person } from '../person.js';

/** Mails about passwords. The links are for the person alone; payloads of queued mails are sealed. */
export type PasswordMail =
  | { template: 'password-changed'; at: number; address?: string }
  | { template: 'password-reset'; link: string; validMinutes: number }
  | { template: 'first-password'; link: string; validHours: number };

/** Queues a mail with the change it tells of. People without a mail address get none; then `false` comes back. */
export async function mailPerson(
  deps: { outbox: Outbox; defaultLocale: string },
  tx: Queryable,
  person: Pick<Person, 'mail' | 'locale' | 'name' | 'username'>,
  mail: PasswordMail,
): Promise<boolean> {
  if (person.mail === null) return false;
  const { mail: to, name, username } = person;
  const locale = person.locale ?? deps.defaultLocale;
  await deps.outbox.enqueue(tx, { kind: 'mail', payload: { to, locale, name, username, ...mail } });
  return true;
}
