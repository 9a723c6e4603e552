import type { TestBrowser, Visit } from '../support/browser.js';

/**
 * Listens as the waiting page's script does (`views/assets/waiting.js`). Resolves once the stream is open.
 * @returns `changed` resolves when the page is told that loading it again is worth it
 */
export async function listenAt(
  page: Visit,
  browser: TestBrowser,
): Promise<{ changed: Promise<void> }> {
  const path = /data-changes="([^"]*)"/.exec(page.body)?.[1];
  if (path === undefined) throw new Error(`nobody waits on ${page.url}:\n${page.body}`);
  const url = new URL(path, page.url).href;
  const headers = { cookie: await browser.jar.getCookieString(url), accept: 'text/event-stream' };
  return { changed: firstEvent(await fetch(url, { headers })) };
}

async function firstEvent(response: Response): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; !text.includes('event: changed');) {
    const piece = await reader?.read();
    if (piece?.value === undefined) throw new Error(`the stream ended: ${response.status}`);
    text += piece.value;
  }
  await reader?.cancel();
}
