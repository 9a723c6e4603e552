import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PublicUrl } from '../config/public-url.js';

/**
 * `method`: the second factor used last. `browser`: binds sign-ins and forms to this browser. `session`: the sign-on session's secret. `known`: signed
 * list of people who signed in here before. `language`: the language chosen.
 */
export type CookieKind = 'browser' | 'session' | 'known' | 'language' | 'method';

const day = 86_400;

/** Seconds; `null`: as long as the browser runs (the server ends them earlier where it must). */
const maxAges: Readonly<Record<CookieKind, number | null>> = {
  browser: null,
  session: null,
  known: 180 * day,
  language: 365 * day,
  method: 180 * day,
};

/**
 * All cookies of the product: HttpOnly and SameSite=Lax always. On https they carry Secure and the prefix
 * `__Host-` (RFC 6265bis 4.1.3.2), which demands `Path=/` and keeps sibling hosts from planting them. Browsers
 * refuse both on plain http, which is allowed on loopback only; there the path is the mount path.
 */
export interface Cookies {
  name(kind: CookieKind): string;
  /** `null` when absent, or sent twice with different values: one of them was planted and we cannot tell which. */
  read(request: Pick<IncomingMessage, 'headers'>, kind: CookieKind): string | null;
  /** Replaces what this response already sets for the kind. @throws Error for a value that needs quoting */
  set(response: ServerResponse, kind: CookieKind, value: string): void;
  clear(response: ServerResponse, kind: CookieKind): void;
}

export function createCookies(publicUrl: PublicUrl): Cookies {
  const prefix = publicUrl.secure ? '__Host-' : '';
  const path = publicUrl.secure ? '/' : publicUrl.mountPath || '/';
  const attributes = `; Path=${path}; HttpOnly; SameSite=Lax${publicUrl.secure ? '; Secure' : ''}`;
  const name = (kind: CookieKind) => `${prefix}drawbridge-${kind}`;
  return {
    name,
    read: (request, kind) => readCookie(request.headers.cookie, name(kind)),
    set(response, kind, value) {
      if (!/^[\w.~-]+$/.test(value)) throw new Error(`value of cookie "${kind}" needs quoting`);
      const maxAge = maxAges[kind];
      const lifetime = maxAge === null ? '' : `; Max-Age=${maxAge}`;
      replaceCookie(response, name(kind), `${value}${lifetime}${attributes}`);
    },
    clear: (response, kind) => {
      replaceCookie(response, name(kind), `; Max-Age=0${attributes}`);
    },
  };
}

function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined) return null;
  let found: string | null = null;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    if (found !== null && found !== value) return null;
    found = value;
  }
  return found === '' ? null : found;
}

function replaceCookie(response: ServerResponse, name: string, rest: string): void {
  const present = response.getHeader('Set-Cookie');
  const list = Array.isArray(present) ? present : present === undefined ? [] : [String(present)];
  const others = list.filter((cookie) => !cookie.startsWith(`${name}=`));
  response.setHeader('Set-Cookie', [...others, `${name}=${rest}`]);
}
