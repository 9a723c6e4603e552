import type { ChangedBy } from '../../audit/events/person-events.js';
import type { FailureReason } from '../../audit/failure-reasons.js';
import type { PublicUrl } from '../../config/public-url.js';
import { failure, success, type Result } from '../../kernel/result.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { PasswordChanges } from '../local/password-changes.js';
import type { Person } from '../person.js';
import type { LinkInfo, OneTimeLinks } from './one-time-links.js';

/** Where links lead: the page that asks for a new password. GET must not use the link up. */
export const passwordLinkPath = (token: string): string => `/password/link/${token}`;

export function passwordLinkUrl(publicUrl: PublicUrl, token: string): string {
  return publicUrl.absolute(passwordLinkPath(token));
}

export interface PasswordLinks {
  /** For the page. `null`: the link does not work (any more). One round trip. */
  peek(token: string): Promise<LinkInfo | null>;

  /**
   * Sets the password and uses the link up, both or neither; a password that the policy refuses leaves the link as it
   * is. Of parallel callers one succeeds. Whoever redeems is not signed in by it: the second factor is still asked.
   * @throws Overloaded
   */
  redeem(token: string, chosen: string, by?: ChangedBy): Promise<Result<Person, FailureReason>>;
}

export function createPasswordLinks(deps: {
  database: SqlDatabase;
  links: OneTimeLinks;
  passwords: Pick<PasswordChanges, 'prepare' | 'store'>;
}): PasswordLinks {
  const { database, links, passwords } = deps;
  return {
    peek: (token) => links.peek(token),
    async redeem(token, chosen, by = {}) {
      const link = await links.peek(token);
      if (link === null) return failure('link_invalid');
      const prepared = await passwords.prepare(link.person, chosen);
      if (!prepared.ok) return prepared;
      return database.transaction(async (tx) => {
        const consumed = await links.consume(tx, token);
        if (consumed === null) return failure('link_invalid');
        const person = await passwords.store(
          tx,
          { ...link.person, epoch: consumed.epoch },
          prepared.value,
          { ...by, data: { ...by.data, link: link.purpose } },
        );
        return person === null ? failure('link_invalid') : success(person);
      });
    },
  };
}
