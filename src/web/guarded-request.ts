import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An address somebody else named is called only through this. */
export type GuardedRequest = (
  url: string,
  options?: GuardedRequestOptions,
) => Promise<GuardedAnswer>;

export interface GuardedRequestOptions {
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

/** Whatever the status: redirects are answers like others and are never followed. */
export interface GuardedAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/**
 * Calls a URL that a relying party (or its metadata) named, without becoming a way into the network behind us:
 * private, loopback, link-local and other special addresses are refused, whichever name they go by. The address is
 * checked in the very lookup that the connection uses, so a name cannot mean something else a moment later.
 * @param deps.privateHosts host names that may resolve to private addresses
 * @param deps.timeoutMs for the whole call
 * @param deps.limit of the answer's body, in bytes
 * @throws Error when the address is refused, does not answer in time or answers too much
 */
export function createGuardedRequest(deps: {
  privateHosts: readonly string[];
  timeoutMs: number;
  limit: number;
}): GuardedRequest {
  return (url, options = {}) =>
    new Promise((resolve, reject) => {
      const target = new URL(url);
      if (target.protocol !== 'https:' && target.protocol !== 'http:') {
        throw new AddressRefused(`${target.protocol} is not called`);
      }
      const host = target.hostname.replace(/^\[|\]$/g, '');
      const trusted = deps.privateHosts.includes(host);
      if (isIP(host) !== 0 && !trusted && isSpecial(host)) {
        throw new AddressRefused(`${host} is a private address`);
      }
      const send = target.protocol === 'https:' ? requestHttps : requestHttp;
      const outgoing = send(target, {
        method: options.method ?? 'GET',
        headers: { ...options.headers, 'accept-encoding': 'identity' },
        // Not from a pool: the connection belongs to this call and to the address it has checked.
        agent: false,
        lookup: (name, how, done) => lookUp(name, how, trusted, done),
        signal: AbortSignal.timeout(deps.timeoutMs),
      });
      outgoing.on('error', reject);
      outgoing.on('response', (answer) => {
        read(answer, deps.limit).then(resolve, (error: unknown) => {
          outgoing.destroy();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      });
      outgoing.end(options.body);
    });
}

export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Anything but ordinary unicast: loopback, private, link-local, multicast, and IPv4 in the guise of IPv6. */
export function isSpecial(address: string): boolean {
  return ipaddr.process(address).range() !== 'unicast';
}

type LookedUp = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

function lookUp(name: string, how: LookupOptions, trusted: boolean, done: LookedUp): void {
  lookup(name, { ...how, all: true }, (error, found) => {
    if (error !== null) {
      done(error, []);
      return;
    }
    const refused = trusted ? undefined : found.find(({ address }) => isSpecial(address));
    const [first] = found;
    if (refused !== undefined || first === undefined) {
      done(new AddressRefused(`${name} has a private address`), []);
    } else if (how.all === true) done(null, found);
    else done(null, first.address, first.family);
  });
}

async function read(answer: IncomingMessage, limit: number): Promise<GuardedAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw new Error(`the answer is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
  );
  return { status: answer.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}
