import { passwordResetRequested, type ChangedBy } from '../../audit/events/person-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { PublicUrl } from '../../config/public-url.js';
import type { Outbox } from '../../jobs/outbox.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import { mailPerson } from '../local/password-notice.js';
import { NoSuchPerson } from '../person-errors.js';
import type { Person } from '../person.js';
import type { LinkPurpose, OneTimeLinks } from './one-time-links.js';
import { passwordLinkUrl } from './password-links.js';

export interface OperatorLink {
  link: string;
  /** Milliseconds. */
  lifetime: number;
  mailed: boolean;
}

/**
 * Gives a link that sets a password to whoever runs the place, who hands it on; also by mail when `byMail`. It is for a
 * first password where there is none. Links of the same kind from before end.
 * @throws NoSuchPerson
 */
export type IssueOperatorLink = (
  person: Person,
  byMail: boolean,
  by?: ChangedBy,
) => Promise<OperatorLink>;

export function createOperatorLinks(deps: {
  database: SqlDatabase;
  links: OneTimeLinks;
  audit: Pick<AuditLog, 'recordIn'>;
  outbox: Outbox;
  publicUrl: PublicUrl;
  defaultLocale: string;
}): IssueOperatorLink {
  const { database, links, audit, publicUrl } = deps;
  return (person, byMail, by = {}) =>
    database.transaction(async (tx) => {
      const row = await tx
        .selectFrom('people')
        .select(['epoch', 'password_hash'])
        .where('id', '=', person.id)
        .executeTakeFirst();
      if (row === undefined) throw new NoSuchPerson();
      const purpose = row.password_hash === null ? 'first-password' : 'password-reset';
      const token = await links.issue(tx, { id: person.id, epoch: row.epoch }, purpose);
      const link = passwordLinkUrl(publicUrl, token);
      const lifetime = links.lifetimes[purpose];
      const event = { ...by, data: { ...by.data, link: purpose } };
      await audit.recordIn(tx, passwordResetRequested(person.id, event));
      const mailed =
        byMail && (await mailPerson(deps, tx, person, mailOf(purpose, link, lifetime)));
      return { link, lifetime, mailed };
    });
}

function mailOf(purpose: LinkPurpose, link: string, lifetime: number) {
  return purpose === 'first-password'
    ? ({ template: purpose, link, validHours: Math.round(lifetime / 3_600_000) } as const)
    : ({ template: purpose, link, validMinutes: Math.round(lifetime / 60_000) } as const);
}
