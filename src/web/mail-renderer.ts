import { dateText } from './date-text.js';
import type { MailModels, MailName } from './mail-models.js';
import { loadMessages } from './messages.js';
import type { Messages, MessageValues } from './messages.js';
import type { HelpContact } from './page-context.js';
import type { Locale } from './renderer.js';
import { createTemplateEngine } from './template-engine.js';

/** Plain text mails, `views/mail/*.eta`. */
export interface MailRenderer {
  render<Name extends MailName>(
    name: Name,
    model: MailModels[Name],
    locale: Locale,
  ): { subject: string; text: string };
}

export interface MailRendererDeps {
  viewsFolder: string;
  cache: boolean;
  organisation: string;
  /** Host name of the public URL. */
  host: string;
  help: HelpContact | null;
  timeZone: string;
}

const header = 'const { t, plural, date, factorName, mail } = it;';

export function createMailRenderer(deps: MailRendererDeps): MailRenderer {
  const { viewsFolder, cache, organisation, host, help, timeZone } = deps;
  const messages = loadMessages(viewsFolder);
  const engine = createTemplateEngine({ viewsFolder, cache, escape: oneLine, header });
  return {
    render(name, model, locale) {
      const texts = messages[locale];
      const values = {
        ...model,
        t: (key: string, given: MessageValues = {}) => texts.text(key, oneLineEach(given)),
        plural: texts.plural,
        date: (milliseconds: number) => dateText(milliseconds, locale, timeZone),
        factorName: (factor: string) => factorName(texts, factor),
        mail: { organisation, host, help },
      };
      const text = engine
        .render(`mail/${name}`, values)
        .replace(/\n{3,}/g, '\n\n')
        .trim();
      const subject = texts.text(
        `mail.${name}.subject`,
        oneLineEach({ organisation, ...alarmOf(model) }),
      );
      return { subject: oneLine(subject), text: `${text}\n` };
    },
  };
}

function factorName(texts: Messages, factor: string): string {
  const key = `factor.${factor}.name`;
  return texts.has(key) ? texts.text(key) : factor;
}

/** Names come from people: none may start a line of its own in a mail, let alone a header. */
function oneLine(value: unknown): string {
  return String(value ?? '').replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

function oneLineEach(values: MessageValues): MessageValues {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, oneLine(value)]));
}

function alarmOf(model: MailModels[MailName]): MessageValues {
  return 'alarm' in model ? { alarm: model.alarm } : {};
}
