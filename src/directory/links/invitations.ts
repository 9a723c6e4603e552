import type { PublicUrl } from '../../config/public-url.js';
import type { Outbox } from '../../jobs/outbox.js';
import type { Queryable } from '../../storage/sql/sql-database.js';
import { mailPerson } from '../local/password-notice.js';
import { chunks, firstEpoch } from '../local/person-writes.js';
import type { Person } from '../person.js';
import type { OneTimeLinks } from './one-time-links.js';
import { passwordLinkUrl } from './password-links.js';

export interface Invitation {
  username: string;
  link: string;
  mailed: boolean;
}

export type InvitedPerson = Pick<Person, 'id' | 'username' | 'name' | 'mail' | 'locale'>;

/** Gives people who are new and have no password a link to set one, in the caller's transaction. */
export type InvitePeople = (
  tx: Queryable,
  people: readonly InvitedPerson[],
) => Promise<Invitation[]>;

export function createInvitations(deps: {
  links: OneTimeLinks;
  publicUrl: PublicUrl;
  outbox: Outbox;
  defaultLocale: string;
  /** Mail the links to those who have an address? */
  byMail: boolean;
}): InvitePeople {
  const { links, publicUrl, byMail } = deps;
  const validHours = Math.round(links.lifetimes['first-password'] / 3_600_000);
  return async (tx, people) => {
    const invitations: Invitation[] = [];
    for (const some of chunks(people, 200)) {
      const holders = some.map(({ id }) => ({ id, epoch: firstEpoch }));
      const tokens = await links.issueFirst(tx, holders, 'first-password');
      for (const [index, person] of some.entries()) {
        const link = passwordLinkUrl(publicUrl, tokens[index] as string);
        const mail = { template: 'first-password', link, validHours } as const;
        const mailed = byMail && (await mailPerson(deps, tx, person, mail));
        invitations.push({ username: person.username, link, mailed });
      }
    }
    return invitations;
  };
}
