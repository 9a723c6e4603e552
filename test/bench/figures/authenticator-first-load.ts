import { startChromium } from '../../support/chromium.js';
import { startAppServer } from '../../support/phone-app/app-server.js';
import { buildApp } from '../../support/phone-app/build-app.js';
import type { Figure } from '../figure.js';

/**
 * What a browser that never saw the app is sent when it opens it: every byte of every answer, headers included, to the page and to
 * the service worker until it has all it keeps.
 */
export const authenticatorFirstLoad: Figure = {
  name: 'authenticator-first-load',
  async measure() {
    await buildApp();
    const server = await startAppServer();
    const chromium = await startChromium();
    try {
      const [page = await chromium.context.newPage()] = chromium.context.pages();
      await page.goto(`${server.url}/authenticator/`, { waitUntil: 'networkidle' });
      await page.evaluate('navigator.serviceWorker.ready');
      await page.waitForLoadState('networkidle');
      return [
        {
          what: 'First load of the app, all that is sent',
          unit: 'kB',
          aim: { at: 'most', value: 90 },
          raw: [server.bytesSent() / 1_000],
        },
      ];
    } finally {
      await chromium.close();
      await server.close();
    }
  },
};
