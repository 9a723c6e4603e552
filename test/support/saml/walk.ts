import { formOf, TestBrowser, type Visit } from '../browser.js';

export interface Walk {
  /** Where it ended: a page that does not move on by itself. */
  page: Visit;
  /** Every address on the way. */
  trail: string[];
}

/** How long a browser is left waiting before its page goes on without the service. */
const PATIENCE_MS = 1_500;

/**
 * Goes on as a browser with script does, across sites: redirects, pages that move on, forms that post themselves.
 * Cookies are Lax: a form posted to another site comes without them.
 * @param until an address that is not visited: the walk ends where it is sent there
 */
export async function walk(
  browser: TestBrowser,
  from: Visit | string,
  until?: string,
): Promise<Walk> {
  const trail: string[] = [];
  const get = (url: string, init: RequestInit = {}) => {
    trail.push(url);
    return browser.request(url, init);
  };
  let page = typeof from === 'string' ? await get(from) : from;
  for (let hop = 0; hop < 60; hop += 1) {
    if (page.location !== null) {
      if (until !== undefined && page.location.startsWith(until)) return { page, trail };
      page = await get(page.location);
      continue;
    }
    const refresh = /http-equiv="refresh" content="0; url=([^"]*)"/.exec(page.body)?.[1];
    if (refresh !== undefined) {
      page = await get(new URL(plain(refresh), page.url).href);
      continue;
    }
    const goOn = linkOf(page, 'data-go-on');
    const link = linkOf(page, 'data-visit');
    const posts =
      /auto-submit\.js|visit-service\.js/.test(page.body) && page.body.includes('<form');
    if (!posts && link === null) return { page, trail };
    try {
      const signal = AbortSignal.timeout(goOn === null ? 30_000 : PATIENCE_MS);
      page = link === null ? await post(browser, page, trail, signal) : await get(link, { signal });
    } catch (error) {
      if (goOn === null) throw error;
      page = await get(goOn);
    }
  }
  throw new Error(`walked in circles:\n${trail.join('\n')}`);
}

async function post(
  browser: TestBrowser,
  page: Visit,
  trail: string[],
  signal: AbortSignal,
): Promise<Visit> {
  const { action, hidden } = formOf(page);
  trail.push(action);
  const body = new URLSearchParams(hidden);
  const arrived = await new TestBrowser().request(action, { method: 'POST', body, signal });
  for (const line of arrived.headers.getSetCookie()) await browser.jar.setCookie(line, action);
  return arrived;
}

function linkOf(page: Visit, mark: string): string | null {
  const href = new RegExp(`<a [^>]*href="([^"]*)" ${mark}>`).exec(page.body)?.[1];
  return href === undefined ? null : new URL(plain(href), page.url).href;
}

const plain = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&#39;', "'");
