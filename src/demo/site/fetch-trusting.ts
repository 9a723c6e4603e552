import { request } from 'node:https';

/** As much of `fetch` as the demo's services need. */
export type ServiceFetch = (url: string, options?: RequestInit) => Promise<Response>;

/**
 * Trusts one certificate and no other, for requests of this function only: what this process or computer trusts
 * otherwise stays as it is. Follows no redirects.
 */
export const fetchTrusting =
  (certificate: string): ServiceFetch =>
  (url, options = {}) =>
    new Promise((resolve, reject) => {
      const headers = Object.fromEntries(new Headers(options.headers));
      const { method = 'GET', signal, body } = options;
      const sent = request(
        url,
        { method, headers, ca: certificate, ...(signal ? { signal } : {}) },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            const { statusCode: status = 502, headers: names } = answer;
            const text = status === 204 || status === 304 ? null : Buffer.concat(parts);
            const plain = Object.entries(names).map(([name, value]): [string, string] => [
              name,
              String(value),
            ]);
            resolve(new Response(text, { status, headers: Object.fromEntries(plain) }));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined || body === null ? undefined : String(body as string));
    });
