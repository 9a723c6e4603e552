import { localeOfUiLocales } from './locale.js';
import type { Messages } from './messages.js';
import type { Locale } from './renderer.js';

/** What a phone calls a sign-in to our own pages. */
export function ownPagesOnPhone(
  messages: Readonly<Record<Locale, Messages>>,
  organisation: string,
  personLocale: string | null,
  fallback: Locale,
): string {
  const { text } = messages[localeOfUiLocales(personLocale) ?? fallback];
  return text('push.ownPages', { organisation });
}

/** The words of a notification: generic, since they pass a push service and lie on a locked screen. */
export function pushWords(
  messages: Readonly<Record<Locale, Messages>>,
  personLocale: string | null,
  fallback: Locale,
): { title: string; body: string; lang: Locale } {
  const lang = localeOfUiLocales(personLocale) ?? fallback;
  const { text } = messages[lang];
  return { title: text('push.note.title'), body: text('push.note.body'), lang };
}
