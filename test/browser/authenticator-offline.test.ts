import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser } from '../support/browser.js';
import { chromiumBinary } from '../support/chromium.js';
import { lookAt } from '../support/looked-at-page.js';
import { addPerson } from '../support/people.js';
import { buildApp } from '../support/phone-app/build-app.js';
import { activate, askForApproval } from '../support/phone-app/desk.js';
import { heading, press, startPhone } from '../support/phone-app/phone.js';
import { upToPhone } from '../support/phones.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
const suite = isMissing ? describe.skip : describe;
const pin = '274093';
const minute = 60_000;

suite('the phone app without a network', () => {
  let server: TestServer;
  beforeAll(async () => {
    await buildApp();
    server = await startTestServer({ relyingParties: [], processes: 1 });
  });
  afterAll(() => server?.close());

  describe.each([
    { who: 'fatima', clock: 'seven minutes fast', clockOffset: 7 * minute },
    { who: 'soren', clock: 'seven minutes slow', clockOffset: -7 * minute },
  ])('with a clock $clock', ({ who, clockOffset }) => {
    const folder = temporaryFolder();
    let person: Person;

    test('is activated', async () => {
      ({ person } = await addPerson(server.drawbridge, who, { otp: false }));
      const phone = await startPhone(server.url, { profile: folder.path, clockOffset });
      await activate(server.drawbridge, phone, person, pin);
      // The app is kept once its service worker is there.
      await phone.page.evaluate('navigator.serviceWorker.ready');
      expect(phone.problems).toEqual([]);
      await phone.close();
    });

    test('starts cold and gives a code, which the server accepts', async () => {
      const phone = await startPhone(server.url, {
        profile: folder.path,
        clockOffset,
        offline: true,
      });
      const { page } = phone;
      await heading(page, 'Your profiles');
      await page.getByText('No contact with Northwind').waitFor();
      const name = `authenticator-offline-${who}`;
      expect(await lookAt(page, name, { script: true, scheme: 'light' })).toEqual([]);
      const code = await readCode(page);
      expect(phone.problems).toEqual([]);
      await phone.close();

      const browser = new TestBrowser();
      const waiting = await upToPhone(browser, `${server.url}/account`, person.username);
      const asked = await browser.submit(waiting, { method: 'otp' });
      const arrived = await browser.submit(asked, { code });
      expect(arrived.body).toContain(`Person ${who}`);
      expect(new URL(arrived.url).pathname).toBe('/account');
    });

    test('works again with a network, after the browser was started anew', async () => {
      const phone = await startPhone(server.url, { profile: folder.path, clockOffset });
      const { page } = phone;
      await page.getByText('Requests appear here by themselves').waitFor();
      const { number } = await askForApproval(server.drawbridge, person);
      await heading(page, 'Is this you signing in?');
      await page.getByLabel('Type the number').fill(number);
      await page.getByLabel('Your PIN').fill(pin);
      await press(page, 'Approve sign-in');
      await heading(page, 'Approved');
      expect(phone.problems).toEqual([]);
      await phone.close();
    });
  });
});

async function readCode(page: Page): Promise<string> {
  await press(page, 'One-time code');
  await page.getByLabel('Your PIN').fill(pin);
  await press(page, 'Get a code');
  await page.getByText('Your PIN cannot be checked here').waitFor();
  await press(page, 'Show the code');
  return ((await page.locator('.shown-code .digits').textContent()) ?? '').replace(' ', '');
}
