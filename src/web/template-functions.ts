import { browserName } from './browser-name.js';
import { dateText } from './date-text.js';
import { languageLinks } from './language-links.js';
import type { Messages } from './messages.js';
import type { PageContext } from './renderer.js';

/** What templates can call. All return plain text, which the template escapes. */
export function templateFunctions(messages: Messages, page: PageContext) {
  const { text, has, plural } = messages;
  return {
    t: text,
    plural,
    date: (milliseconds: number): string => dateText(milliseconds, page.locale, page.timeZone),
    /** A factor from outside the product has no text of ours: its name must do. */
    factorName: (factor: string, form: 'name' | 'use' | 'about'): string => {
      const key = `factor.${factor}.${form}`;
      return has(key) ? text(key) : factor;
    },
    browserName: (userAgent: string): string =>
      browserName(userAgent, (browser, system) => text('browser.on', { browser, system })) ??
      text('browser.unknown'),
    /** What a service that is granted the scope gets; unknown scopes are shown by name. */
    scopeText: (scope: string): string => {
      const key = `consent.scope.${scope}`;
      return has(key) ? text(key) : text('consent.otherScope', { scope });
    },
    languages: languageLinks(page),
  };
}
