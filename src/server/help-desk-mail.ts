import type { Configuration } from '../config/configuration.js';
import type { Foundations } from './foundations.js';

/** Something about one person that operators want to hear of at once: an error line and a mail, no standing alarm. */
export function createHelpDeskMail(
  { adminMail, languages }: Configuration,
  { outbox, database, logger }: Pick<Foundations, 'outbox' | 'database' | 'logger'>,
): (name: string, detail: string) => Promise<void> {
  return async (name, detail) => {
    logger.error('help_desk.told', { name, detail });
    if (adminMail === null) return;
    const payload = { template: 'alarm', to: adminMail, locale: languages.default, name, detail };
    await outbox.enqueue(database.db, { kind: 'mail', payload });
  };
}
