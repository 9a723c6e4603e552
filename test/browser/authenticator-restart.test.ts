import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { chromiumBinary } from '../support/chromium.js';
import { importPeople } from '../support/imported-people.js';
import { CALLBACK, OidcClient } from '../support/oidc-client.js';
import { buildApp } from '../support/phone-app/build-app.js';
import {
  choosePin,
  heading,
  press,
  startPhone,
  typeCode,
  type Phone,
} from '../support/phone-app/phone.js';
import { numberOn, upToPhone } from '../support/phones.js';
import { install, type Installation, type ServerProcess } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
const suite = isMissing ? describe.skip : describe;
const pin = '274093';

/** The program as operators run it, in a process of its own. Nothing is ever pushed: there is no push service here. */
suite('the phone app, while browser and server are started anew', () => {
  const folder = temporaryFolder();
  const kept = temporaryFolder();
  let installation: Installation;
  let server: ServerProcess;
  let payroll: OidcClient;
  let phone: Phone;
  const problems: string[] = [];

  beforeAll(async () => {
    await buildApp();
    installation = await install(folder.path);
    await importPeople(installation, folder.path, ['anna']);
    server = installation.start();
    await server.ready();
    payroll = await OidcClient.discover(installation.url, 'payroll');
    phone = await openApp();
  });
  /** A process that starts has the machine to itself for a while, so that everything takes longer. */
  const openApp = async (): Promise<Phone> => {
    const opened = await startPhone(installation.url, { profile: kept.path });
    opened.page.setDefaultTimeout(45_000);
    return opened;
  };
  afterAll(async () => {
    await phone?.close();
    await server?.kill('SIGKILL');
  });

  async function restartServer(): Promise<void> {
    await server.kill('SIGKILL');
    server = installation.start();
    await server.ready();
  }
  async function restartBrowser(): Promise<void> {
    problems.push(...phone.problems);
    await phone.close();
    phone = await openApp();
  }

  /** A sign-in on a computer, up to the number; and where it leads once the phone has approved. */
  async function signIn() {
    const browser = new TestBrowser();
    const page = await upToPhone(browser, (await payroll.request()).url, 'anna');
    return { number: numberOn(page), arrive: () => browser.open(page.url) };
  }
  async function approve(number: string): Promise<void> {
    const { page } = phone;
    await heading(page, 'Is this you signing in?');
    await page.getByLabel('Type the number').fill(number);
    await page.getByLabel('Your PIN').fill(pin);
    await press(page, 'Approve sign-in');
    await heading(page, 'Approved');
    await press(page, 'Done');
  }

  test('an activation goes on after the server and the browser were started anew in the middle of it', async () => {
    const { stdout } = await installation.command('device', 'activation', 'anna');
    await typeCode(phone.page, /Code +(\S+)/.exec(stdout)?.[1] ?? '');
    await phone.page
      .getByLabel('Second secret')
      .fill(/Second secret +(\d{8})/.exec(stdout)?.[1] ?? '');
    await press(phone.page, 'Continue');
    await heading(phone.page, 'Choose a PIN');
    await restartServer();
    await restartBrowser();
    await press(phone.page, 'Continue to set up');
    const digits = await choosePin(phone.page, pin);
    await restartServer();
    const confirmed = await installation.command('device', 'confirm', 'anna', digits);
    expect(confirmed).toMatchObject({ code: 0 });
    await heading(phone.page, 'All set');
    await press(phone.page, 'Done');
  }, 180_000);

  test('2. after the browser was started anew, the profile is there and approves', async () => {
    await restartBrowser();
    await heading(phone.page, 'Your profiles');
    const { number, arrive } = await signIn();
    await approve(number);
    expect((await arrive()).location).toContain(CALLBACK);
  });

  test('14. after the server was started anew, an open app shows the next request by itself', async () => {
    await phone.page.getByText('Requests appear here by themselves').waitFor();
    await server.kill('SIGKILL');
    await phone.page.getByText('No contact with').waitFor();
    server = installation.start();
    await server.ready();
    const { number, arrive } = await signIn();
    await approve(number);
    expect((await arrive()).location).toContain(CALLBACK);
  });

  test('a request that waited while the server was started anew is over, and is not approved', async () => {
    const { number, arrive } = await signIn();
    await heading(phone.page, 'Is this you signing in?');
    await restartServer();
    await phone.page.getByText('This request is over').waitFor();
    expect((await arrive()).location).toBeNull();
    await press(phone.page, 'Done');
    const again = await signIn();
    expect(number).toMatch(/^\d\d$/);
    await approve(again.number);
    expect((await again.arrive()).location).toContain(CALLBACK);
  });

  test('revoked while the app was closed: the first answer is 410, and everything of the profile is wiped', async () => {
    problems.push(...phone.problems);
    await phone.close();
    const listed = await installation.command('device', 'list', 'anna');
    const id = /prf_[\w-]{22}/.exec(listed.stdout)?.[0] ?? '';
    expect(await installation.command('device', 'revoke', id)).toMatchObject({ code: 0 });
    phone = await openApp();
    const answers: number[] = [];
    phone.page.on('response', (response) => {
      if (response.url().includes('/authenticator/api/')) answers.push(response.status());
    });
    await phone.page.reload();
    await phone.page.getByText('the profile was revoked').waitFor();
    await heading(phone.page, 'Confirm your sign-ins here');
    const left = await phone.page.evaluate<number>(`new Promise((resolve) => {
      indexedDB.open('drawbridge-authenticator').onsuccess = ({ target }) => {
        target.result.transaction('profiles').objectStore('profiles').count().onsuccess =
          (event) => resolve(event.target.result);
      };
    })`);
    expect(left).toBe(0);
    expect(answers.filter((status) => status !== 410)).toEqual([]);
  });

  test('nothing was wrong', () => {
    expect([...problems, ...phone.problems]).toEqual([]);
  });
});
