import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page, Worker } from 'playwright-core';
import type { Person } from '../../src/directory/person.js';
import { chromiumBinary } from '../support/chromium.js';
import { startDesktop, type Desktop } from '../support/desktop/start-desktop.js';
import { addPerson } from '../support/people.js';
import { buildApp } from '../support/phone-app/build-app.js';
import { activate, askForApproval } from '../support/phone-app/desk.js';
import { heading, press, startPhone, type Phone } from '../support/phone-app/phone.js';
import {
  chromiumPushHosts,
  startBrowserPush,
  type BrowserPush,
} from '../support/push-service/start-browser-push.js';
import { until } from '../support/services/until.js';
import { startTestServer, testConfiguration, type TestServer } from '../support/start-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
const suite = isMissing ? describe.skip : describe;
const pin = '274093';

suite('push, in a browser that subscribes, decrypts and shows by itself', () => {
  const folder = temporaryFolder();
  let desktop: Desktop;
  let push: BrowserPush;
  let server: TestServer;
  let phone: Phone;
  let anna: Person;
  let bo: Person;
  const open = () =>
    startPhone(server.url, {
      profile: folder.path,
      permissions: ['notifications'],
      desktop: desktop.address,
      args: push.chromiumArgs,
    });

  beforeAll(async () => {
    await buildApp();
    desktop = await startDesktop();
    push = await startBrowserPush();
    const { authenticator } = testConfiguration('http://localhost', 0, '');
    server = await startTestServer({
      relyingParties: [],
      processes: 1,
      choices: { pushAgent: push.agent },
      configuration: { authenticator: { ...authenticator, pushServices: chromiumPushHosts } },
    });
    phone = await open();
    for (const username of ['anna', 'bo']) {
      const { person } = await addPerson(server.drawbridge, username, { otp: false });
      await activate(server.drawbridge, phone, person, pin);
      if (username === 'anna') anna = person;
      else bo = person;
    }
  });
  afterAll(async () => {
    await phone?.close();
    await server?.close();
    await push?.close();
    await desktop?.close();
  });

  const turnOn = async (person: Person) => {
    const { page } = phone;
    await press(page, new RegExp(`Settings of .*${person.name}`));
    await press(page, 'Turn on notifications');
    await page.getByText('Notifications are on').waitFor();
    await press(page, 'Start page');
  };
  const subscriptionOf = async (person: Person) => {
    const { devices, profiles } = server.drawbridge.parts.phones;
    const [profile] = await devices.usableProfiles(person.id);
    return profiles.subscription(profile!.id);
  };
  const tokenOf = async (person: Person) =>
    (await subscriptionOf(person))?.endpoint.split('/').at(-1) ?? null;
  const worker = (): Worker => phone.context.serviceWorkers()[0]!;

  test('turning notifications on gives the server the subscription of the browser', async () => {
    expect(push.registrations.size).toBe(0);
    await turnOn(anna);
    const { endpoint, p256dh, auth } = (await subscriptionOf(anna))!;
    expect(chromiumPushHosts).toContain(new URL(endpoint).hostname);
    expect(await browserHas(phone.page)).toMatchObject({ endpoint, keys: { p256dh, auth } });
    const registration = push.registrations.get((await tokenOf(anna))!);
    expect(registration?.sender).toBe(server.drawbridge.parts.phones.pushKey);
    // The browser has one for all profiles of the app.
    await turnOn(bo);
    expect(await tokenOf(bo)).toBe(await tokenOf(anna));
  });

  test('a push arrives encrypted, is shown without anything secret, and wakes the open app', async () => {
    const { number } = await askForApproval(server.drawbridge, anna);
    const [shown] = await desktop.shows(1);
    expect(shown?.title).toBe('Is it you who is signing in?');
    expect(shown?.body).toContain('Open to answer.');
    expect(JSON.stringify(shown)).not.toMatch(new RegExp(`Payroll|"${number}"`));
    expect(push.received).toHaveLength(1);
    expect(String(push.received[0]?.body)).not.toContain('signing in');
    await heading(phone.page, 'Is this you signing in?');
    await deny(phone.page);
    await desktop.shows(0);
  });

  test('pressing the notification shows the request, wherever in the app somebody is', async () => {
    const { page } = phone;
    await press(page, 'Help');
    await heading(page, 'Help');
    await askForApproval(server.drawbridge, bo);
    const [shown] = await desktop.shows(1);
    desktop.press(shown!.id);
    await heading(page, 'Is this you signing in?');
    await desktop.shows(0);
    await deny(page);
  });

  test('pressing it opens the app where it is closed', async () => {
    await phone.page.goto('about:blank');
    const { number } = await askForApproval(server.drawbridge, bo);
    const [shown] = await desktop.shows(1);
    const opening = phone.context.waitForEvent('page');
    desktop.press(shown!.id);
    const page = await opening;
    await heading(page, 'Is this you signing in?');
    await page.getByLabel('Type the number').fill(number);
    await page.getByLabel('Your PIN').fill(pin);
    await press(page, 'Approve sign-in');
    await heading(page, 'Approved');
    await page.close();
    await phone.page.goto(`${server.url}/authenticator/`);
    await heading(phone.page, 'Your profiles');
  });

  test('a subscription that the browser ends is replaced while the app is closed', async () => {
    await phone.page.goto('about:blank');
    const before = await tokenOf(anna);
    await worker().evaluate(changeSubscription);
    const after = await tokenOf(anna);
    expect(after).not.toBe(before);
    expect(push.registrations.has(after!)).toBe(true);
    expect(await tokenOf(bo)).toBe(after);
    await phone.page.goto(`${server.url}/authenticator/`);
    await heading(phone.page, 'Your profiles');
    expect(await browserHas(phone.page)).toEqual(
      expect.objectContaining({ endpoint: (await subscriptionOf(anna))?.endpoint }),
    );
  });

  test('one that the push service has forgotten is forgotten, and replaced at the next opening', async () => {
    await phone.page.goto('about:blank');
    const gone = (await tokenOf(anna))!;
    push.forget(gone);
    await askForApproval(server.drawbridge, anna);
    await until(async () => (await tokenOf(anna)) === null);
    expect(await tokenOf(bo)).toBe(gone);
    await phone.page.goto(`${server.url}/authenticator/`);
    await until(async () => push.registrations.has((await tokenOf(anna)) ?? ''));
    // The other profile rang with the same one.
    await until(async () => (await tokenOf(bo)) === (await tokenOf(anna)));
    expect(await tokenOf(anna)).not.toBe(gone);
    await deny(phone.page);
    await askForApproval(server.drawbridge, anna);
    await desktop.shows(1);
    await deny(phone.page);
  });

  test('turned off, nobody is rung, and nothing is subscribed anew', async () => {
    const { page } = phone;
    await press(page, new RegExp(`Settings of .*${bo.name}`));
    await press(page, /^Turn off$/);
    await until(async () => (await tokenOf(bo)) === null);
    const before = push.received.length;
    await press(page, 'Start page');
    await askForApproval(server.drawbridge, bo);
    await heading(page, 'Is this you signing in?');
    await deny(page);
    expect(push.received.length).toBe(before);
    expect(await tokenOf(bo)).toBeNull();
  });

  test('nothing was wrong', () => {
    expect(phone.problems).toEqual([]);
  });
});

/** What a browser does by itself, when it likes: the old one is gone, and the worker is told. Such an event cannot be sent from outside. */
const changeSubscription = `(async () => {
  await (await self.registration.pushManager.getSubscription()).unsubscribe();
  const event = new ExtendableEvent('pushsubscriptionchange');
  await new Promise((resolve) => {
    event.waitUntil = (work) => work.then(resolve, resolve);
    self.dispatchEvent(event);
  });
})()`;

async function deny(page: Page): Promise<void> {
  await press(page, 'Deny');
  await press(page, 'Done');
}

interface BrowserSubscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

const browserHas = (page: Page): Promise<BrowserSubscription> =>
  page.evaluate<BrowserSubscription>(
    'navigator.serviceWorker.ready.then(async ({ pushManager }) => (await pushManager.getSubscription()).toJSON())',
  );
