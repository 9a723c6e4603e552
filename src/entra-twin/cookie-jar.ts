interface Cookie {
  name: string;
  value: string;
  host: string;
  path: string;
  secure: boolean;
  sameSite: 'lax' | 'strict' | 'none';
}

/** Cookies of a browser that visits a few hosts for a minute: host-only, and gone when they are told to go. */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  keep(setCookie: readonly string[], url: URL, now: number): void {
    for (const line of setCookie) {
      const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      if (at < 1) continue;
      const attributes = new Map(
        rest.map((part) => {
          const [name = '', value = ''] = part.split(/=(.*)/s);
          return [name.toLowerCase(), value] as const;
        }),
      );
      const path = attributes.get('path') ?? '';
      const cookie: Cookie = {
        name: pair.slice(0, at),
        value: pair.slice(at + 1),
        host: url.hostname,
        path: path.startsWith('/') ? path : '/',
        secure: attributes.has('secure'),
        sameSite: sameSiteOf(attributes.get('samesite')),
      };
      const key = `${cookie.host} ${cookie.path} ${cookie.name}`;
      if (isOver(attributes, now)) this.#cookies.delete(key);
      else this.#cookies.set(key, cookie);
    }
  }

  /** @param crossSitePost a form of another site posts here: what is Lax stays at home */
  header(url: URL, crossSitePost: boolean): string {
    return [...this.#cookies.values()]
      .filter(
        ({ host, path, secure, sameSite }) =>
          host === url.hostname &&
          (url.pathname === path ||
            url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`)) &&
          (!secure || url.protocol === 'https:') &&
          (!crossSitePost || sameSite === 'none'),
      )
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}

function sameSiteOf(written: string | undefined): Cookie['sameSite'] {
  const value = written?.toLowerCase();
  return value === 'none' || value === 'strict' ? value : 'lax';
}

function isOver(attributes: ReadonlyMap<string, string>, now: number): boolean {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = attributes.get('expires');
  return expires !== undefined && Date.parse(expires) <= now;
}
