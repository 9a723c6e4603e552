import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isSpecial } from './guarded-request.js';

/**
 * Whether a URL leads to a private, loopback or other special address now, by its literal or by its name. Only for
 * telling early whoever writes it down: names change, so every call is made through the guarded request all the same.
 * A name that nothing answers for is not private.
 * @param privateHosts host names that may resolve to private addresses
 */
export async function leadsToPrivateAddress(
  url: string,
  privateHosts: readonly string[],
): Promise<boolean> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (privateHosts.includes(host)) return false;
  if (isIP(host) !== 0) return isSpecial(host);
  const unanswered = AbortSignal.timeout(LONGEST_LOOKUP_MS);
  const found = await Promise.race([
    lookup(host, { all: true }).catch(() => []),
    new Promise<[]>((resolve) => {
      unanswered.addEventListener('abort', () => {
        resolve([]);
      });
    }),
  ]);
  return found.some(({ address }) => isSpecial(address));
}

const LONGEST_LOOKUP_MS = 2_500;
