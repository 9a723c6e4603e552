import { AddressRefused, type GuardedRequest } from '../../../web/guarded-request.js';
import { faultOfOutgoingUri } from './outgoing-uri.js';

/** The library's own way out (a client's `jwks_uri`), through the guard. Redirects come back as they are. */
export function createLibraryFetch(
  send: GuardedRequest,
): (url: string | URL | Request, options?: RequestInit) => Promise<Response> {
  return async (url, options = {}) => {
    const address = url instanceof Request ? url.url : String(url);
    const fault = faultOfOutgoingUri(address);
    if (fault !== null) throw new AddressRefused(`the address ${fault}`);
    if (options.method !== undefined && options.method !== 'GET') {
      throw new Error('the library only reads');
    }
    const { status, headers, body } = await send(address, {
      headers: Object.fromEntries(new Headers(options.headers)),
    });
    const hasBody = status !== 204 && status !== 304 && status >= 200;
    return new Response(hasBody ? new Uint8Array(body) : null, { status, headers });
  };
}
