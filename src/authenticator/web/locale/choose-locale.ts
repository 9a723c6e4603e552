import { en } from './en.js';
import { sv } from './sv.js';

export type Locale = 'en' | 'sv';
export type TextKey = keyof typeof en;
export type Translate = (
  key: TextKey,
  values?: Readonly<Record<string, string | number>>,
) => string;

const texts: Record<Locale, Readonly<Record<TextKey, string>>> = { en, sv };

/** The first of the browser's languages that there are texts in. */
export function chooseLocale(languages: readonly string[]): Locale {
  const known = languages.map((tag) => tag.toLowerCase().split('-')[0]);
  return known.find((language) => language === 'en' || language === 'sv') ?? 'en';
}

export const translateInto =
  (locale: Locale): Translate =>
  (key, values = {}) =>
    texts[locale][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
      String(values[name] ?? whole),
    );
