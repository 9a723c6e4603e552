import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { locales } from './renderer.js';
import type { Locale } from './renderer.js';

export type MessageValues = Readonly<Record<string, string | number>>;

/** The texts of one language. Plain text: whoever puts it in a page escapes it. */
export interface Messages {
  /** @throws Error when the key is missing; a test keeps all languages complete. */
  text: (key: string, values?: MessageValues) => string;
  /** `key.one` or `key.other` after the language's plural rule; `{count}` is filled in. */
  plural: (key: string, count: number, values?: MessageValues) => string;
  has: (key: string) => boolean;
}

/** Reads `views/locales/*.json`: flat, dotted keys; `{name}` stands for a value. */
export function loadMessages(viewsFolder: string): Readonly<Record<Locale, Messages>> {
  const entries = locales.map((locale) => {
    const path = join(viewsFolder, 'locales', `${locale}.json`);
    const texts = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
    return [locale, messagesOf(locale, new Map(Object.entries(texts)))] as const;
  });
  return Object.fromEntries(entries) as Record<Locale, Messages>;
}

function messagesOf(locale: Locale, texts: ReadonlyMap<string, string>): Messages {
  const rules = new Intl.PluralRules(locale);
  const text = (key: string, values?: MessageValues): string => {
    const found = texts.get(key);
    if (found === undefined) throw new Error(`views/locales/${locale}.json has no "${key}"`);
    return values === undefined ? found : fill(found, values);
  };
  return {
    text,
    plural: (key, count, values) =>
      text(`${key}.${rules.select(count) === 'one' ? 'one' : 'other'}`, { ...values, count }),
    has: (key) => texts.has(key),
  };
}

function fill(text: string, values: MessageValues): string {
  return text.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
