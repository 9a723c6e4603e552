import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { OidcClient, signIn, answerOf } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { listed } from '../support/saml/logout-scene.js';
import { walk } from '../support/saml/walk.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { WsFedClient } from '../support/wsfed/wsfed-client.js';
import { realmOf, wsFedParty } from '../support/wsfed/wsfed-party.js';
import { WsFedService } from '../support/wsfed/wsfed-service.js';

let server: TestServer;
let intranet: WsFedService;
let archive: WsFedService;
let mute: WsFedService;
let people = 0;

beforeAll(async () => {
  [intranet, archive, mute] = (await Promise.all(
    ['intranet', 'archive', 'mute'].map((id) => WsFedService.start(id)),
  )) as [WsFedService, WsFedService, WsFedService];
  server = await startTestServer({
    relyingParties: [
      wsFedParty('intranet', { reply_urls: [intranet.url, `${intranet.url}bye`] }),
      wsFedParty('archive', { reply_urls: [archive.url] }),
      wsFedParty('mute', { reply_urls: [mute.url], sign_out_cleanup: false }),
      oidcParty('payroll', {}),
    ],
  });
});
afterAll(async () => {
  await server.close();
  await Promise.all([intranet, archive, mute].map((one) => one.close()));
});
beforeEach(() => {
  archive.returns = true;
});

/** Somebody in a browser who has entered these services. */
async function entered(services: readonly WsFedService[]): Promise<TestBrowser> {
  people += 1;
  const { code } = await addPerson(server.drawbridge, `leaver${people}`);
  const browser = new TestBrowser();
  for (const [index, { id, url }] of services.entries()) {
    const start = new WsFedClient(id, server.url, { reply: url }).requestUrl();
    const page =
      index === 0
        ? await signIn(browser, start, { username: `leaver${people}`, code })
        : await browser.open(start);
    const { page: inside } = await walk(browser, page);
    expect(inside.body).toBe('signed in');
  }
  return browser;
}

async function inside(browser: TestBrowser, services: readonly WsFedService[]): Promise<string[]> {
  const pages = await Promise.all(
    services.map(async ({ id, url }) =>
      (await browser.request(url)).body === 'signed in' ? id : '',
    ),
  );
  return pages.filter(Boolean);
}

async function isSignedIn(browser: TestBrowser): Promise<boolean> {
  const payroll = await OidcClient.discover(server.url, 'payroll');
  const quiet = await payroll.request({ prompt: 'none' });
  return answerOf(await browser.open(quiet.url))['code'] !== undefined;
}

const signOutUrl = (parameters: Record<string, string>) =>
  `${server.url}/wsfed?${new URLSearchParams({ wa: 'wsignout1.0', ...parameters }).toString()}`;

test('a service signs out: it is over here and at the others, and people go where it wants', async () => {
  const browser = await entered([intranet, archive]);
  const bye = `${intranet.url}bye`;
  const url = signOutUrl({ wtrealm: realmOf('intranet'), wreply: bye });
  const { page, trail } = await walk(browser, url);
  expect(page.url).toBe(bye);
  expect(trail.some((at) => at.startsWith(`${archive.url}?wa=wsignoutcleanup1.0&wreply=`))).toBe(
    true,
  );
  // Whoever asked has said it itself.
  expect(trail.filter((at) => at.startsWith(`${intranet.url}?wa=`))).toEqual([]);
  expect(await inside(browser, [archive])).toEqual([]);
  expect(await isSignedIn(browser)).toBe(false);
});

test('the address alone says who asks', async () => {
  const browser = await entered([intranet]);
  const { page } = await walk(browser, signOutUrl({ wreply: intranet.url }));
  expect(page.url).toBe(intranet.url);
  expect(await isSignedIn(browser)).toBe(false);
});

test('our own sign-out reaches the services', async () => {
  const browser = await entered([intranet, archive]);
  const home = await browser.open(`${server.url}/`);
  const { page } = await walk(browser, await browser.post(home, {}, '/account/sign-out'));
  expect(new URL(page.url).pathname).toBe('/account/signed-out');
  expect(await inside(browser, [intranet, archive])).toEqual([]);
});

test('one that is not to be visited is reported as not reached', async () => {
  const browser = await entered([mute, intranet]);
  const home = await browser.open(`${server.url}/`);
  const { page } = await walk(browser, await browser.post(home, {}, '/account/sign-out'));
  expect(listed(page)).toEqual({ unreached: ['Service mute'], reached: ['Service intranet'] });
});

test('one that keeps the browser has cleaned up, and the way on is still there', async () => {
  archive.returns = false;
  const browser = await entered([archive]);
  const home = await browser.open(`${server.url}/`);
  const { page, trail } = await walk(browser, await browser.post(home, {}, '/account/sign-out'));
  expect(page.body).toBe('cleaned up');
  const tour = trail.find((at) => at.includes('/logout/services/')) ?? '';
  expect(listed(await browser.open(tour)).unreached).toEqual(['Service archive']);
});

test('an address that is not registered: signed out, on a page of ours', async () => {
  const browser = await entered([intranet]);
  const url = signOutUrl({ wtrealm: realmOf('intranet'), wreply: 'https://evil.example/' });
  const { page, trail } = await walk(browser, url);
  expect(new URL(page.url).pathname).toBe('/logout/done');
  expect(trail.join()).not.toContain('//evil.example');
  expect(await isSignedIn(browser)).toBe(false);
});

test('without a session: straight to the registered address', async () => {
  const page = await new TestBrowser().request(signOutUrl({ wreply: intranet.url }));
  expect(page.location).toBe(intranet.url);
});

test('by POST from another site: parked, and the session ends with the GET that follows', async () => {
  const browser = await entered([intranet]);
  const parked = await new TestBrowser().request(`${server.url}/wsfed`, {
    method: 'POST',
    body: new URLSearchParams({ wa: 'wsignout1.0', wreply: intranet.url }),
  });
  expect(parked.headers.getSetCookie()).toEqual([]);
  expect(await isSignedIn(browser)).toBe(true);
  await walk(browser, parked.location ?? '');
  expect(await isSignedIn(browser)).toBe(false);
});

test('nobody claims that a service has cleaned up that was not asked', async () => {
  const browser = await entered([intranet]);
  const page = await browser.open(`${server.url}/wsfed/cleaned/${'a'.repeat(22)}/intranet/x`);
  expect(failureOnPage(page)?.code).toBe('DB-404');
});
