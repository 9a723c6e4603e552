import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomToken } from '../kernel/random.js';
import type { RandomSource } from '../kernel/random.js';
import type { Cookies } from './cookies.js';

/**
 * The secret that ties sign-ins, one-time handles and forms to one browser. Not a sign that anybody signed in.
 *
 * It stays when somebody signs in: sign-ins in other windows, forms that are open, logouts under way, and what a finished
 * sign-in is still to be fetched with (External MFA) are bound to it. Nobody else plants one: on https its name begins with
 * `__Host-`, which browsers take from this host alone. Who has signed in is said by the session's cookie, which is another at
 * every sign-in.
 */
export interface BrowserSecrets {
  read(request: Pick<IncomingMessage, 'headers'>): string | null;
  readOrCreate(request: Pick<IncomingMessage, 'headers'>, response: ServerResponse): string;
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
  const create = (response: ServerResponse) => {
    const secret = randomToken(random, 256);
    cookies.set(response, 'browser', secret);
    return secret;
  };
  return {
    read,
    readOrCreate: (request, response) => read(request) ?? create(response),
  };
}
