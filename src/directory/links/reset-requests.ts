import { passwordResetRequested } from '../../audit/events/person-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { PublicUrl } from '../../config/public-url.js';
import type { JobBody, JobPayload, Outbox } from '../../jobs/outbox.js';
import type { Clock } from '../../kernel/clock.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import { lookupAlias } from '../alias.js';
import type { Directory } from '../directory.js';
import { mailPerson } from '../local/password-notice.js';
import type { OneTimeLinks } from './one-time-links.js';
import { passwordLinkUrl } from './password-links.js';

const jobKind = 'password-reset-request';

/** Mails a person gets within an hour at the most, however often somebody asks. */
const linksAnHour = 3;
const hourMs = 60 * 60_000;

export interface ResetRequests {
  /**
   * Somebody forgot a password. Only queues the request: whether there is such a person is found out later by the
   * job, so that every request costs and answers the same.
   */
  request(alias: string, clientAddress: string): Promise<void>;
}

export function createResetRequests(deps: {
  database: SqlDatabase;
  outbox: Outbox;
}): ResetRequests {
  return {
    request: (alias, clientAddress) =>
      deps.outbox.enqueue(deps.database.db, {
        kind: jobKind,
        payload: { alias: lookupAlias(alias), clientAddress },
      }),
  };
}

/**
 * Answers a queued request with a link by mail. Nothing happens for unknown or disabled people, for those without a
 * mail address, and beyond the number of mails an hour.
 */
export function createResetRequestJob(deps: {
  database: SqlDatabase;
  directory: Pick<Directory, 'findByAlias'>;
  links: OneTimeLinks;
  audit: Pick<AuditLog, 'recordIn'>;
  outbox: Outbox;
  publicUrl: PublicUrl;
  clock: Clock;
  defaultLocale: string;
}): JobBody {
  const { database, directory, links, audit, publicUrl, clock } = deps;
  return {
    kind: jobKind,
    async run({ alias, clientAddress }: JobPayload) {
      const person = await directory.findByAlias(String(alias));
      if (person === null || person.disabled || person.mail === null) return;
      await database.transaction(async (tx) => {
        const since = clock.now() - hourMs;
        const recent = await links.countSince(tx, person.id, 'password-reset', since);
        if (recent >= linksAnHour) return;
        const token = await links.issue(tx, person, 'password-reset');
        const by = { clientAddress: String(clientAddress) };
        await audit.recordIn(tx, passwordResetRequested(person.id, by));
        await mailPerson(deps, tx, person, {
          template: 'password-reset',
          link: passwordLinkUrl(publicUrl, token),
          validMinutes: Math.round(links.lifetimes['password-reset'] / 60_000),
        });
      });
    },
  };
}
