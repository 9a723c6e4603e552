import { DrawbridgeError } from '../kernel/errors.js';
import { dateText } from './date-text.js';
import { plainText } from './escape-html.js';
import { localeOfUiLocales } from './locale.js';
import { requiredMailValues } from './mail-models.js';
import type { MailModels, MailName } from './mail-models.js';
import { loadMessages } from './messages.js';
import type { Messages, MessageValues } from './messages.js';
import type { HelpContact } from './help-contact.js';
import type { Locale } from './renderer.js';
import { createTemplateEngine } from './template-engine.js';

/** Plain text mails, `views/mail/*.eta`. */
export interface MailRenderer {
  render<Name extends MailName>(name: Name, model: MailModels[Name], locale: Locale): MailText;
  /**
   * The same for a mail from the queue.
   * @param locale language tag; the fallback when it is none of ours
   * @throws DrawbridgeError `mail_job_invalid` for an unknown template or missing values
   */
  compose(template: string, locale: string, values: Readonly<Record<string, unknown>>): MailText;
}

export interface MailText {
  subject: string;
  text: string;
}

export interface MailRendererDeps {
  viewsFolder: string;
  cache: boolean;
  organisation: string;
  /** Host name of the public URL. */
  host: string;
  help: HelpContact | null;
  timeZone: string;
  fallback: Locale;
}

const header = 'const { t, plural, date, factorName, mail } = it;';

export function createMailRenderer(deps: MailRendererDeps): MailRenderer {
  const { viewsFolder, cache, organisation, host, help, timeZone, fallback } = deps;
  const messages = loadMessages(viewsFolder);
  const engine = createTemplateEngine({ viewsFolder, cache, escape: oneLine, header });

  const render = (name: MailName, model: object, locale: Locale): MailText => {
    const texts = messages[locale];
    const t = (key: string, values: MessageValues = {}) => texts.text(key, oneLineEach(values));
    const body = engine.render(`mail/${name}`, {
      ...model,
      t,
      plural: texts.plural,
      date: (milliseconds: number) => dateText(milliseconds, locale, timeZone),
      factorName: (factor: string) => factorName(texts, factor),
      mail: { organisation, host, help },
    });
    const alarm = 'detail' in model && 'name' in model ? String(model.name) : '';
    return {
      subject: t(`mail.${name}.subject`, { organisation, alarm }),
      text: `${body.replace(/\n{3,}/g, '\n\n').trim()}\n`,
    };
  };

  return {
    render,
    compose(template, locale, values) {
      const missing = isMailName(template)
        ? requiredMailValues[template].filter((name) => (values[name] ?? null) === null)
        : ['a template of that name'];
      if (!isMailName(template) || missing.length > 0) {
        const what = `mail "${template}" lacks ${missing.join(', ')}`;
        throw new DrawbridgeError('mail_job_invalid', what);
      }
      return render(template, values, localeOfUiLocales(locale) ?? fallback);
    },
  };
}

function isMailName(template: string): template is MailName {
  return Object.hasOwn(requiredMailValues, template);
}

function factorName(texts: Messages, factor: string): string {
  const key = `factor.${factor}.name`;
  return texts.has(key) ? texts.text(key) : factor;
}

/** Names come from people: none may start a line of its own in a mail, let alone a header. */
function oneLine(value: unknown): string {
  return plainText(value).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

function oneLineEach(values: MessageValues): MessageValues {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, oneLine(value)]));
}
