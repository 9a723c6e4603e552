import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readActivationCode } from '../../src/devices/wire/activation-code.js';
import { TestBrowser } from '../support/browser.js';
import { expectPage } from '../support/cluster/expect-friendly.js';
import { importPeople } from '../support/imported-people.js';
import { CALLBACK, OidcClient } from '../support/oidc-client.js';
import { readEvents } from '../support/phone-app/read-events.js';
import { numberOn, PIN, upToPhone } from '../support/phones.js';
import { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { install, type Installation, type ServerProcess } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** One process on its embedded stores, killed and started again: what is short-lived is gone, what phones have is not. */
describe('kill -9 of the only process, and phones', () => {
  const folder = temporaryFolder();
  let installation: Installation;
  let server: ServerProcess;
  let payroll: OidcClient;
  let phone: ReferenceAuthenticator;

  beforeAll(async () => {
    installation = await install(folder.path);
    await importPeople(installation, folder.path, ['anna']);
    server = installation.start();
    await server.ready();
    payroll = await OidcClient.discover(installation.url, 'payroll');
    phone = new ReferenceAuthenticator(installation.url);
  }, 60_000);
  afterAll(() => server.kill('SIGKILL'));

  async function restart(): Promise<void> {
    await server.kill('SIGKILL');
    server = installation.start();
    await server.ready();
  }

  test('2. between the code and the PIN of an activation: it goes on', async () => {
    const { out } = await issued();
    const code = readActivationCode(/Code +(\S+)/.exec(out)?.[1] ?? '') ?? '';
    const secondSecret = /Second secret +(\d{8})/.exec(out)?.[1] ?? '';
    expect((await phone.begin(code, { secondSecret })).status).toBe(201);
    await restart();
    expect((await phone.complete(PIN)).status).toBe(200);
    await restart();
    expect((await phone.activationState()).body).toMatchObject({ state: 'waiting' });
    const confirmed = await installation.command('device', 'confirm', 'anna', phone.fingerprint);
    expect(confirmed).toMatchObject({ code: 0 });
    await restart();
    expect((await phone.inbox()).body).toMatchObject({ profile: { state: 'active' } });
  }, 60_000);

  const issued = async () => {
    const { stdout } = await installation.command('device', 'activation', 'anna');
    return { out: stdout };
  };

  async function waiting() {
    const browser = new TestBrowser();
    const page = await upToPhone(browser, (await payroll.request()).url, 'anna');
    const [challenge] = await phone.pending();
    return { browser, page, challenge: challenge! };
  }

  test('while a request waits: nothing is approved, and the person starts again', async () => {
    const { browser, page, challenge } = await waiting();
    await restart();
    expect(await phone.pending()).toEqual([]);
    const late = await phone.approve(challenge, { number: numberOn(page), pin: PIN });
    expect(late.status).toBe(404);
    expectPage(await browser.request(page.url));
    const again = await waiting();
    const typed = { number: numberOn(again.page), pin: PIN };
    expect((await phone.approve(again.challenge, typed)).status).toBe(200);
    const arrived = await again.browser.open(again.page.url);
    expect(arrived.location).toContain(CALLBACK);
  }, 60_000);

  test('14. with the stream of a phone open: it ends, and a new one shows the next request', async () => {
    const before = readEvents(await phone.stream(AbortSignal.timeout(60_000)));
    await before.until(({ challenges }) => challenges.length === 0);
    await restart();
    await before.ended;
    const after = readEvents(await phone.stream(AbortSignal.timeout(60_000)));
    await after.until(({ challenges }) => challenges.length === 0);
    const page = await upToPhone(new TestBrowser(), (await payroll.request()).url, 'anna');
    const { challenges } = await after.until((inbox) => inbox.challenges.length === 1);
    expect(challenges[0]).toMatchObject({ service: 'Payroll', digits: numberOn(page).length });
    after.stop();
  }, 60_000);

  test('wrong PINs before it still count after it', async () => {
    const { page, challenge } = await waiting();
    const wrong = { number: numberOn(page), pin: '700441' };
    for (let attempt = 0; attempt < 3; attempt += 1) await phone.approve(challenge, wrong);
    await restart();
    const again = await waiting();
    const typed = { number: numberOn(again.page), pin: '700442' };
    expect((await phone.approve(again.challenge, typed)).status).toBe(403);
    expect((await phone.approve(again.challenge, typed)).status).toBe(403);
    expect((await phone.approve(again.challenge, typed)).status).toBe(423);
  }, 60_000);
});
