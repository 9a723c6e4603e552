import type { Configuration } from '../config/configuration.js';
import { afterCommit } from '../storage/sql/after-commit.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import type { Foundations } from './foundations.js';

/** In the transaction of what happened, if it has one. Something about one person that operators want to hear of at once: an error line and a mail, no standing alarm. */
export function createHelpDeskMail(
  { adminMail, languages }: Configuration,
  { outbox, logger }: Pick<Foundations, 'outbox' | 'logger'>,
): (db: Queryable, name: string, detail: string) => Promise<void> {
  return async (db, name, detail) => {
    afterCommit(db, () => {
      logger.error('help_desk.told', { name, detail });
    });
    if (adminMail === null) return;
    const payload = { template: 'alarm', to: adminMail, locale: languages.default, name, detail };
    await outbox.enqueue(db, { kind: 'mail', payload });
  };
}
