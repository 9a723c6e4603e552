import type { IncomingMessage } from 'node:http';
import type { Sealer } from '../keys/sealer.js';
import type { Cookies } from '../web/cookies.js';
import type { SignInCircumstances } from './engine-input.js';
import { readKnownBrowser } from './known-browser.js';

export type Circumstances = (
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
) => SignInCircumstances;

/** What a browser's request tells the engine about the other end. */
export function createCircumstances(deps: {
  clientAddress: (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;
  cookies: Cookies;
  sealer: Sealer;
}): Circumstances {
  return (request) => ({
    clientAddress: deps.clientAddress(request),
    userAgent: (request.headers['user-agent'] ?? '').slice(0, MOST_USER_AGENT),
    lastFactor: deps.cookies.read(request, 'method'),
    knownBrowserOf: readKnownBrowser(deps.sealer, deps.cookies.read(request, 'known')),
  });
}

const MOST_USER_AGENT = 256;
