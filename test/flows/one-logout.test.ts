import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { TestBrowser } from '../support/browser.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { certificateOf } from '../support/saml/saml-client.js';
import { ServiceProcess } from '../support/saml/service-process.js';
import { walk } from '../support/saml/walk.js';
import {
  oidcParty,
  startTestServer,
  testConfiguration,
  type TestServer,
} from '../support/start-server.js';

const GOODBYE = 'http://127.0.0.1:7100/goodbye';
const names = ['intranet', 'wiki', 'archive', 'mute', 'payroll'] as const;
type Name = (typeof names)[number];

let server: TestServer;
let services: Record<Name, ServiceProcess>;
let people = 0;

beforeAll(async () => {
  const started = await Promise.all(names.map((id) => ServiceProcess.start(id)));
  services = Object.fromEntries(started.map((one) => [one.id, one])) as typeof services;
  server = await startTestServer({
    configuration: (url) => ({
      oidc: { ...testConfiguration(url, 0, '/').oidc, privateHosts: ['127.0.0.1'] },
    }),
    relyingParties: [
      services.intranet.party(),
      services.wiki.party('post'),
      services.archive.party(),
      services.mute.party(null),
      oidcParty('payroll', {
        backchannel_logout_uri: `${services.payroll.url}/backchannel`,
        post_logout_redirect_uris: [GOODBYE],
      }),
    ],
  });
  const certificate = await certificateOf(server.url);
  await Promise.all(started.map((one) => one.join(server.url, certificate)));
});
afterAll(async () => {
  await server.close();
  await Promise.all(Object.values(services).map((one) => one.kill()));
});
beforeEach(async () => {
  for (const one of Object.values(services)) await one.behave('success');
});

interface Visitor {
  browser: TestBrowser;
  person: string;
  username: string;
  idToken: string;
}

/** Somebody who has entered these services in one browser; payroll is the one of OpenID Connect. */
async function entered(ids: readonly Name[], browser = new TestBrowser()): Promise<Visitor> {
  people += 1;
  const username = `leaver${people}`;
  const { person, code } = await addPerson(server.drawbridge, username);
  let idToken = '';
  let isIn = false;
  for (const id of ids) {
    const isOidc = id === 'payroll';
    const party = isOidc ? await OidcClient.discover(server.url, id) : null;
    const request = await party?.request();
    const start = request?.url ?? (await browser.request(`${services[id].url}/enter`)).location;
    const page = isIn
      ? await browser.open(start ?? '')
      : await signIn(browser, start ?? '', { username, code: () => code() });
    isIn = true;
    if (party && request) idToken = (await party.redeem(request, page)).id_token ?? '';
    else expect((await walk(browser, page)).page.body).toContain('signed in as');
  }
  return { browser, person: person.id, username, idToken };
}

async function isSignedIn(browser: TestBrowser): Promise<boolean> {
  const payroll = await OidcClient.discover(server.url, 'payroll');
  const quiet = await payroll.request({ prompt: 'none' });
  const answer = answerOf(await browser.open(quiet.url));
  if (answer['error'] !== undefined) expect(answer['error']).toBe('login_required');
  return answer['code'] !== undefined;
}

async function isInside(browser: TestBrowser, id: Name): Promise<boolean> {
  return (await browser.request(services[id].url)).body.startsWith('signed in');
}

async function heardOf(count: number): Promise<void> {
  while ((await services.payroll.report()).heard.length < count) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('somebody signs out at', () => {
  test('our account page: every service knows, by whichever protocol', async () => {
    const before = (await services.payroll.report()).heard.length;
    const { browser } = await entered(['intranet', 'wiki', 'payroll']);
    const home = await browser.open(`${server.url}/`);
    const { page } = await walk(browser, await browser.post(home, {}, '/account/sign-out'));
    expect(new URL(page.url).pathname).toBe('/account/signed-out');
    expect(await isInside(browser, 'intranet')).toBe(false);
    expect(await isInside(browser, 'wiki')).toBe(false);
    expect(await isSignedIn(browser)).toBe(false);
    await heardOf(before + 1);
  });

  test('a service of OpenID Connect: the others are visited, then it goes back there', async () => {
    const { browser, idToken } = await entered(['payroll', 'intranet', 'wiki']);
    const party = await OidcClient.discover(server.url, 'payroll');
    const url = client.buildEndSessionUrl(party.config, {
      id_token_hint: idToken,
      post_logout_redirect_uri: GOODBYE,
      state: 'x y',
    });
    const trail = await walk(browser, url.href).catch((error: unknown) => String(error));
    // Nobody listens at that address: it is only looked where the browser went.
    expect(trail).toContain('fetch failed');
    expect(await isInside(browser, 'intranet')).toBe(false);
    expect(await isInside(browser, 'wiki')).toBe(false);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('a service provider, by Redirect: everybody else knows, and it hears of success', async () => {
    const before = (await services.payroll.report()).heard.length;
    const { browser } = await entered(['intranet', 'wiki', 'payroll']);
    const { page } = await walk(browser, `${services.intranet.url}/leave?state=deep/link`);
    expect(page.body).toBe('left deep/link');
    expect(await isInside(browser, 'intranet')).toBe(false);
    expect(await isInside(browser, 'wiki')).toBe(false);
    expect(await isSignedIn(browser)).toBe(false);
    await heardOf(before + 1);
  });

  test('a service provider whose session here is over already: success, there is nothing to end', async () => {
    const { browser } = await entered(['intranet']);
    const home = await browser.open(`${server.url}/`);
    await services.intranet.behave('nothing');
    await browser.post(home, {}, '/account/sign-out');
    const { page } = await walk(browser, `${services.intranet.url}/leave?state=x`);
    expect(page.body).toBe('left x');
  });
});
