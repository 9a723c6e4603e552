import type { Locale } from './renderer.js';

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Date and time to the minute. @param timeZone IANA name */
export function dateText(milliseconds: number, locale: Locale, timeZone: string): string {
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
  return found.format(milliseconds);
}
