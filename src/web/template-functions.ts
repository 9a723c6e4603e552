import { browserName } from './browser-name.js';
import { escapeHtml } from './escape-html.js';
import { languageLinks } from './language-links.js';
import type { Messages, MessageValues } from './messages.js';
import type { PageContext } from './renderer.js';

/** What templates can call. `rich` returns HTML that is already escaped; all others return plain text. */
export function templateFunctions(messages: Messages, page: PageContext) {
  return {
    t: messages.text,
    plural: messages.plural,
    /** A text in which `**…**` is strong. Text and values are escaped before the marks are read. */
    rich: (key: string, values: MessageValues = {}): string => {
      const html = escapeHtml(messages.text(key)).replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>');
      return html.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) =>
        Object.hasOwn(values, name) ? escapeHtml(values[name]) : whole,
      );
    },
    date: (milliseconds: number): string =>
      formatter(page.locale, page.timeZone).format(milliseconds),
    /** A factor from outside the product has no text of ours: its name must do. */
    factorName: (factor: string, form: 'name' | 'use' | 'about'): string => {
      const key = `factor.${factor}.${form}`;
      return messages.has(key) ? messages.text(key) : factor;
    },
    browserName: (userAgent: string): string =>
      browserName(userAgent, (browser, system) =>
        messages.text('browser.on', { browser, system }),
      ) ?? messages.text('browser.unknown'),
    languages: languageLinks(page),
  };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making one is slow, there are few of them. */
function formatter(locale: string, timeZone: string): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone}`;
  let found = formatters.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone,
    });
    formatters.set(key, found);
  }
  return found;
}
