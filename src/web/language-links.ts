import { locales } from './renderer.js';
import type { Locale, PageContext } from './renderer.js';

/** Each language in its own words. */
const languageNames: Readonly<Record<Locale, string>> = { en: 'English', sv: 'Svenska' };

export interface LanguageLink {
  locale: Locale;
  name: string;
  href: string;
}

/** The same page in every other language. */
export function languageLinks(page: PageContext): readonly LanguageLink[] {
  const [path, query = ''] = split(page.path);
  return locales
    .filter((locale) => locale !== page.locale)
    .map((locale) => {
      const parameters = new URLSearchParams(query);
      parameters.set('lang', locale);
      return {
        locale,
        name: languageNames[locale],
        href: `${page.url(path)}?${parameters.toString()}`,
      };
    });
}

function split(path: string): [string, string?] {
  const mark = path.indexOf('?');
  return mark < 0 ? [path] : [path.slice(0, mark), path.slice(mark + 1)];
}
