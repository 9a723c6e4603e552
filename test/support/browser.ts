import { CookieJar } from 'tough-cookie';

/** A page or redirect as a browser without script gets it. */
export interface Visit {
  url: string;
  status: number;
  headers: Headers;
  body: string;
  location: string | null;
}

/** A browser for flow tests: cookies, redirects, forms. Follows redirects only within `origin`, as far as asked. */
export class TestBrowser {
  readonly jar = new CookieJar(undefined, { allowSpecialUseDomain: true });
  readonly #headers: Record<string, string>;
  /** Where requests for a public origin really go; lets one browser alternate between processes. */
  readonly #route: (url: URL) => URL;

  constructor(options: { headers?: Record<string, string>; route?: (url: URL) => URL } = {}) {
    this.#headers = options.headers ?? {};
    this.#route = options.route ?? ((url) => url);
  }

  async request(url: string, init: RequestInit = {}): Promise<Visit> {
    const cookie = await this.jar.getCookieString(url);
    const target = this.#route(new URL(url));
    const response = await fetch(target, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        ...this.#headers,
        ...(cookie === '' ? {} : { cookie }),
        ...(init.headers as Record<string, string> | undefined),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      await this.jar.setCookie(line, url, { ignoreError: true });
    }
    const location = response.headers.get('location');
    return {
      url,
      status: response.status,
      headers: response.headers,
      body: await response.text(),
      location: location === null ? null : new URL(location, url).href,
    };
  }

  /** GET, following redirects while they stay on the origin of `url`. */
  async open(url: string): Promise<Visit> {
    return this.follow(await this.request(url));
  }

  async follow(visit: Visit): Promise<Visit> {
    let current = visit;
    for (let hop = 0; hop < 20 && current.location !== null; hop += 1) {
      if (new URL(current.location).origin !== new URL(current.url).origin) return current;
      current = await this.request(current.location);
    }
    return current;
  }

  /** Fills the first form of a page (or the first that posts to `path`) and posts it; follows as `open` does. */
  async submit(page: Visit, fields: Record<string, string>, path?: string): Promise<Visit> {
    return this.follow(await this.post(page, fields, path));
  }

  /** The same without following. */
  async post(page: Visit, fields: Record<string, string>, path?: string): Promise<Visit> {
    const form = formOf(page, path);
    return this.request(form.action, {
      method: 'POST',
      body: new URLSearchParams({ ...form.hidden, ...fields }),
    });
  }
}

export function formOf(
  page: Visit,
  path?: string,
): { action: string; hidden: Record<string, string> } {
  const forms = page.body.matchAll(
    /<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/gi,
  );
  const form = [...forms].find(([, action]) => path === undefined || action === path);
  if (form === undefined) throw new Error(`no form on ${page.url} (${page.status}):\n${page.body}`);
  const hidden: Record<string, string> = {};
  for (const [input] of (form[2] ?? '').matchAll(/<input[^>]*type="hidden"[^>]*>/gi)) {
    const name = /name="([^"]*)"/.exec(input)?.[1] ?? '';
    hidden[name] = unescape(/value="([^"]*)"/.exec(input)?.[1] ?? '');
  }
  return { action: new URL(unescape(form[1] ?? ''), page.url).href, hidden };
}

function unescape(text: string): string {
  return text
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
