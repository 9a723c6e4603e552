import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { CookieJar } from './cookie-jar.js';
import type { PostedForm } from './posted-form.js';

export interface Page {
  url: string;
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Where the answer sends the browser; `null` when it is a page. */
  location: string | null;
}

/** The wire that browsers share. */
export interface Wire {
  request(
    url: URL,
    options: { method: 'GET' | 'POST'; headers: Record<string, string>; body: string | null },
  ): Promise<Omit<Page, 'url' | 'location'> & { setCookie: readonly string[] }>;
  close(): void;
}

const mostAnswerBytes = 8 * 1024 * 1024;
const patienceMs = 30_000;

/**
 * @param reach where requests for an origin really go, for a server whose name nobody resolves yet: origin to origin. The
 *   `Host` stays that of the name.
 */
export function createWire(reach: ReadonlyMap<string, string> = new Map()): Wire {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true }),
    'https:': new HttpsAgent({ keepAlive: true }),
  };
  return {
    request: (url, { method, headers, body }) =>
      new Promise((resolve, reject) => {
        const target = new URL(reach.get(url.origin) ?? url.origin);
        const https = target.protocol === 'https:';
        const sent = (https ? httpsRequest : httpRequest)(
          {
            agent: agents[https ? 'https:' : 'http:'],
            host: target.hostname,
            port: target.port,
            servername: url.hostname,
            path: url.pathname + url.search,
            method,
            timeout: patienceMs,
            headers: {
              ...headers,
              host: url.host,
              ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
            },
          },
          (answer) => {
            collect(answer).then(resolve, reject);
          },
        );
        sent.on('timeout', () => sent.destroy(new Error(`no answer from ${url.origin}`)));
        sent.on('error', reject);
        sent.end(body ?? undefined);
      }),
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

async function collect(
  answer: IncomingMessage,
): Promise<Omit<Page, 'url' | 'location'> & { setCookie: readonly string[] }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostAnswerBytes) throw new Error('the answer is larger than 8 MiB');
    chunks.push(chunk);
  }
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks).toString('utf8'),
    setCookie: answer.headers['set-cookie'] ?? [],
  };
}

/** A person's browser: cookies, and nothing that runs. */
export class WebBrowser {
  readonly #jar = new CookieJar();
  readonly #wire: Wire;
  readonly #now: () => number;

  constructor(wire: Wire, now: () => number) {
    this.#wire = wire;
    this.#now = now;
  }

  get(url: string): Promise<Page> {
    return this.#send(new URL(url), 'GET', null, {}, false);
  }

  /** @param from origin of the page with the form; that of Entra when it is cross-site */
  post(form: PostedForm, from: string): Promise<Page> {
    const url = new URL(form.action);
    const body = new URLSearchParams(form.fields.map(([name, value]) => [name, value])).toString();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      origin: from,
      referer: `${from}/`,
    };
    return this.#send(url, 'POST', body, headers, from !== url.origin);
  }

  async #send(
    url: URL,
    method: 'GET' | 'POST',
    body: string | null,
    more: Record<string, string>,
    crossSitePost: boolean,
  ): Promise<Page> {
    const cookie = this.#jar.header(url, crossSitePost);
    const { setCookie, ...answer } = await this.#wire.request(url, {
      method,
      headers: {
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        'user-agent': 'Mozilla/5.0 (rehearsal)',
        ...more,
        ...(cookie === '' ? {} : { cookie }),
      },
      body,
    });
    this.#jar.keep(setCookie, url, this.#now());
    const location = answer.headers['location'];
    const moves = answer.status >= 300 && answer.status < 400 && location !== undefined;
    return { ...answer, url: url.href, location: moves ? new URL(location, url).href : null };
  }
}
