import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomToken } from '../kernel/random.js';
import type { RandomSource } from '../kernel/random.js';
import type { Cookies } from './cookies.js';

/** The secret that ties sign-ins, one-time handles and forms to one browser. Not a sign that anybody signed in. */
export interface BrowserSecrets {
  read(request: Pick<IncomingMessage, 'headers'>): string | null;
  readOrCreate(request: Pick<IncomingMessage, 'headers'>, response: ServerResponse): string;
  /** A new one, for the moment somebody signs in: a secret planted before is worth nothing after. */
  replace(response: ServerResponse): string;
}

export function createBrowserSecrets(deps: {
  cookies: Cookies;
  random: RandomSource;
}): BrowserSecrets {
  const { cookies, random } = deps;
  const read = (request: Pick<IncomingMessage, 'headers'>) => {
    const value = cookies.read(request, 'browser');
    return value !== null && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : null;
  };
  const replace = (response: ServerResponse) => {
    const secret = randomToken(random, 256);
    cookies.set(response, 'browser', secret);
    return secret;
  };
  return {
    read,
    readOrCreate: (request, response) => read(request) ?? replace(response),
    replace,
  };
}
