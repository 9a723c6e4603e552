import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { chromiumBinary } from '../support/chromium.js';
import { startAppServer } from '../support/phone-app/app-server.js';
import { buildApp } from '../support/phone-app/build-app.js';
import { heading, press, startPhone, type Phone } from '../support/phone-app/phone.js';
import { until } from '../support/services/until.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
const suite = isMissing ? describe.skip : describe;
const challenge = 'chl_ICEiIyQlJicoKSorLC0uLw';

/** A profile of which the server knows nothing; enough for screens that need no network. */
const addProfile = `new Promise(async (resolve) => {
  const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const secret = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);
  indexedDB.open('drawbridge-authenticator').onsuccess = ({ target }) => {
    const transaction = target.result.transaction('profiles', 'readwrite');
    transaction.objectStore('profiles').add({
      id: 'prf_AAECAwQFBgcICQoLDA0ODw', stage: 'active', salt: new Uint8Array(16), secret, signing: privateKey,
      publicKey: new Uint8Array(65), seq: 1, lastIat: 1, offset: 0, person: { name: 'Anna Lind', username: 'anna' },
      organisation: 'Northwind', name: 'Pixel', codes: 'enabled', locked: false, pushKey: null, notify: false, draft: null, createdAt: 1 });
    transaction.oncomplete = () => resolve();
  };
})`;

suite("the phone app's service worker", () => {
  let server: Awaited<ReturnType<typeof startAppServer>>;
  let phone: Phone;
  beforeAll(async () => {
    await buildApp();
    server = await startAppServer('/idp');
    phone = await startPhone(server.url, { permissions: ['notifications'] });
  });
  afterAll(async () => {
    await phone?.close();
    await server?.close();
  });

  test('works under a mount path, and keeps the app but nothing else', async () => {
    const { page } = phone;
    await heading(page, 'Confirm your sign-ins here');
    await page.evaluate('navigator.serviceWorker.ready');
    const scope = await page.evaluate<string>(
      'navigator.serviceWorker.ready.then(({ scope }) => scope)',
    );
    expect(scope).toBe(`${server.url}/authenticator/`);
    const kept = await page.evaluate<string[]>(`caches.keys().then(async ([name]) => {
      const requests = await (await caches.open(name)).keys();
      return requests.map(({ url }) => new URL(url).pathname.slice('/idp/authenticator/'.length));
    })`);
    expect(kept).toContain('');
    expect(kept).toContain('app.webmanifest');
    expect(kept.filter((name) => /jsqr|512|woff|api/.test(name))).toEqual([]);
    expect(kept.filter((name) => /^assets\/main-\w+\.js$/.test(name))).toHaveLength(1);
  });

  test('a push is shown as a notification without anything secret, and wakes the app', async () => {
    const { page, context } = phone;
    const session = await context.newCDPSession(page);
    const registered = new Promise<string>((resolve) => {
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [registration] = registrations;
        if (registration !== undefined) resolve(registration.registrationId);
      });
    });
    await session.send('ServiceWorker.enable');
    const notification = {
      title: 'Sign-in request',
      body: 'Open the app to answer it.',
      lang: 'en',
      tag: challenge,
      navigate: `${server.url}/authenticator/#c=${challenge}`,
    };
    await page.evaluate(
      `navigator.serviceWorker.addEventListener('message', ({ data }) => { globalThis.told = data.kind; })`,
    );
    await session.send('ServiceWorker.deliverPushMessage', {
      origin: new URL(server.url).origin,
      registrationId: await registered,
      data: JSON.stringify({ web_push: 8030, notification }),
    });
    const shown = `navigator.serviceWorker.ready.then((registration) => registration.getNotifications())
      .then((all) => all.map(({ title, body, tag, data }) => ({ title, body, tag, data })))`;
    // The app is told once it is shown; asking Chromium for notifications before that may never be answered.
    await until(async () => (await page.evaluate('globalThis.told')) === 'pushed');
    expect(await page.evaluate(shown)).toEqual([
      {
        title: 'Sign-in request',
        body: 'Open the app to answer it.',
        tag: challenge,
        data: { fragment: `#c=${challenge}` },
      },
    ]);
  });

  test('a new version waits until no PIN is being typed', async () => {
    const { page } = phone;
    await page.evaluate(addProfile);
    await page.reload();
    await heading(page, 'Your profiles');
    await press(page, 'One-time code');
    await page.getByLabel('Your PIN').fill('2740');
    server.setOrganisation('Southwind');
    await page.evaluate(
      'navigator.serviceWorker.ready.then((registration) => registration.update())',
    );
    await until(() => isWaiting(page));
    expect(await page.getByLabel('Your PIN').inputValue()).toBe('2740');
    await press(page, 'Start page');
    // Chromium lets the old one finish first, and at times asks it only every half minute whether it has.
    await page.getByText('Southwind', { exact: true }).waitFor({ timeout: 60_000 });
    await until(async () => (await page.evaluate<string[]>('caches.keys()')).length === 1);
    expect(await isWaiting(page)).toBe(false);
    expect(phone.problems.filter((problem) => !/404/.test(problem))).toEqual([]);
  });

  describe('takes a new version', () => {
    const open: { close: () => Promise<void> }[] = [];
    afterEach(async () => {
      for (const one of open.splice(0)) await one.close();
    });
    const visit = async (script = '') => {
      const fresh = await startAppServer();
      const visitor = await startPhone(fresh.url);
      open.push(visitor, fresh);
      await visitor.page.evaluate('navigator.serviceWorker.ready');
      await visitor.page.waitForFunction('navigator.serviceWorker.controller !== null');
      if (script !== '') {
        await visitor.context.addInitScript(script);
        await visitor.page.reload();
        await heading(visitor.page, 'Confirm your sign-ins here');
      }
      fresh.setOrganisation('Southwind');
      await visitor.page.evaluate(
        'navigator.serviceWorker.ready.then((registration) => registration.update())',
      );
      await visitor.page.getByText('Southwind', { exact: true }).waitFor({ timeout: 60_000 });
    };

    test('in the very window in which the app was opened for the first time', () => visit());

    test('though the worker did not hear the first time that it may', () =>
      visit(`{
        const { postMessage } = ServiceWorker.prototype;
        let lost = 0;
        ServiceWorker.prototype.postMessage = function (message) {
          if (message.kind === 'take-over' && lost === 0) lost += 1;
          else postMessage.call(this, message);
        };
      }`));
  });
});

const isWaiting = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(
    'navigator.serviceWorker.ready.then((registration) => registration.waiting !== null)',
  );
