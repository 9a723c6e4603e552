import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cookies } from './cookies.js';
import { locales } from './renderer.js';
import type { Locale } from './renderer.js';

/** The language of a request's answer. */
export interface Locales {
  /**
   * `?lang=` (remembered in the cookie) before the cookie, before what the service asked for, before the browser's
   * own list. Anything unknown is ignored.
   * @param asked what `ui_locales` says, see `localeOfUiLocales`
   */
  of(
    request: Pick<IncomingMessage, 'headers' | 'url'>,
    response: ServerResponse,
    asked?: Locale | null,
  ): Locale;
}

export function createLocales(deps: { cookies: Cookies; fallback: Locale }): Locales {
  const { cookies, fallback } = deps;
  return {
    of(request, response, asked) {
      const chosen = localeOfQuery(request.url ?? '');
      if (chosen !== null) {
        cookies.set(response, 'language', chosen);
        return chosen;
      }
      return (
        localeOf(cookies.read(request, 'language')) ??
        asked ??
        localeOfAcceptLanguage(request.headers['accept-language']) ??
        fallback
      );
    },
  };
}

/** OIDC `ui_locales`: tags by preference, separated by spaces. Only the language counts. */
export function localeOfUiLocales(uiLocales: string | null | undefined): Locale | null {
  for (const tag of (uiLocales ?? '').slice(0, 200).split(' ')) {
    const locale = localeOf(languageOf(tag));
    if (locale !== null) return locale;
  }
  return null;
}

/** RFC 9110 12.5.4; the first of equal weights wins. */
export function localeOfAcceptLanguage(header: string | undefined): Locale | null {
  let best: { locale: Locale; weight: number } | null = null;
  for (const part of (header ?? '').slice(0, 500).split(',')) {
    const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const locale = localeOf(languageOf(tag));
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    if (locale === null || !(weight > 0)) continue;
    if (best === null || weight > best.weight) best = { locale, weight };
  }
  return best?.locale ?? null;
}

function localeOfQuery(url: string): Locale | null {
  const mark = url.indexOf('?');
  return mark < 0 ? null : localeOf(new URLSearchParams(url.slice(mark)).get('lang'));
}

function localeOf(text: string | null): Locale | null {
  return locales.find((locale) => locale === text) ?? null;
}

function languageOf(tag: string): string {
  return (tag.split('-', 1)[0] ?? '').toLowerCase();
}
