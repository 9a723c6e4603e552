import type { Request } from 'playwright-core';
import { startChromium } from '../../support/chromium.js';
import { startAppServer } from '../../support/phone-app/app-server.js';
import { buildApp } from '../../support/phone-app/build-app.js';
import type { Figure, Row } from '../figure.js';

interface Loaded {
  url: string;
  byWorker: boolean;
  bytes: number;
}

/** What a browser transfers when it first opens the app: bodies as they come over the wire, by the page and by the service worker. */
export const authenticatorFirstLoad: Figure = {
  name: 'authenticator-first-load',
  async measure() {
    // Without it Playwright tells of the page's requests only.
    process.env.PW_EXPERIMENTAL_SERVICE_WORKER_NETWORK_EVENTS = '1';
    await buildApp();
    const server = await startAppServer();
    const chromium = await startChromium();
    try {
      const loading: Promise<Loaded>[] = [];
      chromium.context.on('requestfinished', (request) => loading.push(transferred(request)));
      const [page = await chromium.context.newPage()] = chromium.context.pages();
      const url = `${server.url}/authenticator/`;
      await page.goto(url, { waitUntil: 'networkidle' });
      await page.evaluate('navigator.serviceWorker.ready');
      const all = await Promise.all(loading);
      if (!all.some(({ byWorker }) => byWorker)) throw new Error('the worker loaded nothing');
      const isFont = ({ url: from }: Loaded) => from.endsWith('.woff2');
      const byPage = all.filter(({ byWorker }) => !byWorker);
      // Its own script is not among what Playwright tells of.
      const script = await gzippedSize(`${url}sw.js`);
      const worker = all.filter(({ byWorker }) => byWorker);
      return [
        row(
          'First load of the app, until it can be used',
          byPage.filter((one) => !isFont(one)),
          90,
        ),
        row('First load of the app, its font, which comes after', byPage.filter(isFont)),
        row('First load of the app, by the service worker, to be kept', [...worker, script]),
      ];
    } finally {
      await chromium.close();
      await server.close();
    }
  },
};

function row(what: string, loaded: readonly Loaded[], aim?: number): Row {
  const bytes = loaded.reduce((sum, one) => sum + one.bytes, 0);
  return {
    what,
    unit: 'kB',
    aim: aim === undefined ? null : { at: 'most', value: aim },
    raw: [bytes / 1_000],
  };
}

/** Nothing where it came out of the browser's cache: Playwright then takes the headers off what was not transferred. */
async function transferred(request: Request): Promise<Loaded> {
  const { responseBodySize } = await request.sizes();
  const byWorker = request.serviceWorker() !== null;
  return { url: request.url(), byWorker, bytes: Math.max(0, responseBodySize) };
}

async function gzippedSize(url: string): Promise<Loaded> {
  const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
  await response.arrayBuffer();
  return { url, byWorker: true, bytes: Number(response.headers.get('content-length')) };
}
