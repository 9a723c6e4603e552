import type { Worker } from 'playwright-core';
import { TestBrowser, type Visit } from '../../support/browser.js';
import { startChromium } from '../../support/chromium.js';
import { PASSWORD } from '../../support/people.js';
import { buildApp } from '../../support/phone-app/build-app.js';
import { numberOn } from '../../support/phones.js';
import {
  chromiumPushHosts,
  startBrowserPush,
} from '../../support/push-service/start-browser-push.js';
import { SLICES, type Figure, type Row } from '../figure.js';
import { freshDatabase } from '../fresh-database.js';
import { newPhoneKeys, Phone, usernameOf } from '../phone.js';
import { MeasuredProcess } from '../processes/measured-process.js';
import type { PhonesOptions, PhonesReady } from '../processes/phones-server.js';
import { percentile } from '../percentile.js';
import { listenAt } from '../waiting-page.js';

const AT_ONCE = 50;
/** Of challenges that a person is sent before there is a pause. */
const ROUNDS_OF_PERSON = 3;
const ROUNDS = SLICES + 1;
const PEOPLE = AT_ONCE * Math.ceil(ROUNDS / ROUNDS_OF_PERSON);

/**
 * Fifty people at once from their password to the page behind the approval. Their phones ring in a real browser, which has one subscription
 * for all: from the challenge until `showNotification` is done there. Then all approve at once: from the request with the approval
 * until the waiting page, told by its stream and loaded again as its script does it, is not the waiting page any more.
 */
export const authenticatorSignIns: Figure = {
  name: 'authenticator-sign-ins',
  async measure({ redis, postgres }) {
    await buildApp();
    const keys = newPhoneKeys();
    const push = await startBrowserPush();
    const server = await MeasuredProcess.start<PhonesReady>(
      'test/bench/processes/phones-server.ts',
      {
        services: { redis, postgres: await freshDatabase(postgres) },
        people: PEOPLE,
        keys,
        push: { ...push.reachedBy, hosts: chromiumPushHosts },
      } satisfies PhonesOptions,
    );
    const { url, pushKey } = server.ready;
    const chromium = await startChromium({
      permissions: ['notifications'],
      args: push.chromiumArgs,
    });
    try {
      const [page = await chromium.context.newPage()] = chromium.context.pages();
      await page.goto(`${url}/authenticator/`);
      const subscription = await page.evaluate<object>(subscribe(pushKey));
      const worker = chromium.context.serviceWorkers()[0];
      if (worker === undefined) throw new Error('the app has no service worker');
      await worker.evaluate(noteShown);
      const phones = Array.from({ length: PEOPLE }, (_, index) => new Phone(url, index, keys));
      for (const phone of phones) await phone.subscribe(subscription);

      const raw = { shown: [] as number[][], whole: [] as number[][], moved: [] as number[][] };
      for (let round = 0; round < ROUNDS; round += 1) {
        const first = AT_ONCE * Math.floor(round / ROUNDS_OF_PERSON);
        const crowd = phones.slice(first, first + AT_ONCE);
        const measured = await signInTogether(url, crowd, first, worker);
        await page.evaluate(closeAll);
        // The first round is what compilers and connections need.
        if (round === 0) continue;
        raw.shown.push(measured.shown);
        raw.whole.push(measured.whole);
        raw.moved.push(measured.moved);
      }
      const row = (what: string, values: number[][], share: number, aim: number | null): Row => ({
        what: `${what}, ${AT_ONCE} at once, ${share === 0.5 ? 'median' : '99th percentile'}`,
        unit: 'ms',
        aim: aim === null ? null : { at: 'most', value: aim },
        raw: values.map((round) => percentile(round, share)),
      });
      const rows = (what: string, values: number[][], aim: number | null) => [
        row(what, values, 0.5, null),
        row(what, values, 0.99, aim),
      ];
      return [
        ...rows('From the challenge to its notification', raw.shown, 500),
        ...rows('From the posted password to the notification', raw.whole, null),
        ...rows('From the approval to the page behind it', raw.moved, 300),
      ];
    } finally {
      await chromium.close();
      await server.stop();
      await push.close();
    }
  },
};

async function signInTogether(url: string, crowd: readonly Phone[], first: number, worker: Worker) {
  const atDoor = await Promise.all(
    crowd.map(async (phone, place) => {
      const browser = new TestBrowser();
      return { phone, browser, page: await browser.open(`${url}/account`), index: first + place };
    }),
  );
  const waiting = await Promise.all(
    atDoor.map(async ({ phone, browser, page, index }) => {
      const posted = Date.now();
      const fields = { username: usernameOf(index), password: PASSWORD };
      return { phone, browser, posted, page: await browser.submit(page, fields) };
    }),
  );
  const told = [];
  for (const { phone, browser, page, posted } of waiting) {
    const challenge = await phone.pending();
    await phone.evaluate(challenge);
    const stream = await listenAt(page, browser);
    told.push({ phone, browser, page, posted, challenge, stream, number: numberOn(page) });
  }
  const shownAt = await shownIn(worker, crowd.length);
  const moved = await Promise.all(
    told.map(async ({ phone, browser, page, challenge, stream, number }) => {
      const began = performance.now();
      const [behind] = await Promise.all([
        stream.changed.then(() => reloaded(browser, page)),
        phone.approve(challenge, number),
      ]);
      return behind - began;
    }),
  );
  const timeOf = (id: string) => shownAt.get(id) ?? Number.NaN;
  return {
    shown: told.map(({ challenge }) => timeOf(challenge.id) - challenge.at),
    whole: told.map(({ challenge, posted }) => timeOf(challenge.id) - posted),
    moved,
  };
}

/** When the page, loaded again, leads on. */
async function reloaded(browser: TestBrowser, page: Visit): Promise<number> {
  const next = await browser.request(page.url);
  if (next.location === null) throw new Error(`still waiting at ${page.url}:\n${next.body}`);
  return performance.now();
}

const subscribe = (pushKey: string) => `navigator.serviceWorker.ready.then(({ pushManager }) =>
  pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: '${pushKey}' })
).then((subscription) => {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, keys };
})`;

/** In the service worker: the moment at which each notification is on the screen, by its tag. */
const noteShown = `{
  self.shownAt = [];
  const show = ServiceWorkerRegistration.prototype.showNotification;
  ServiceWorkerRegistration.prototype.showNotification = async function (title, options) {
    await show.call(this, title, options);
    self.shownAt.push([options.tag, Date.now()]);
  };
}`;

async function shownIn(worker: Worker, count: number): Promise<Map<string, number>> {
  for (let tries = 0; tries < 400; tries += 1) {
    const shown = await worker.evaluate<[string, number][]>('self.shownAt');
    if (shown.length >= count) {
      await worker.evaluate('self.shownAt = []');
      return new Map(shown);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('notifications are missing');
}

const closeAll = `navigator.serviceWorker.ready
  .then((registration) => registration.getNotifications())
  .then((all) => all.forEach((one) => one.close()))`;
