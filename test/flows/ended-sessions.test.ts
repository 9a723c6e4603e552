import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import type { PersonId } from '../../src/directory/person.js';
import { TestBrowser } from '../support/browser.js';
import { OidcClient } from '../support/oidc-client.js';
import { GOODBYE, LogoutScene, type Visitor } from '../support/saml/logout-scene.js';
import { walk } from '../support/saml/walk.js';

let scene: LogoutScene;
beforeAll(async () => {
  scene = await LogoutScene.set();
});
afterAll(() => scene.close());
beforeEach(() => scene.everybodyBehaves());

const account = () => `${scene.server.url}/account`;

/** Whoever has copied the cookies of a browser. */
async function copyOf(browser: TestBrowser): Promise<TestBrowser> {
  const copy = new TestBrowser();
  for (const cookie of await browser.jar.getCookies(account())) {
    await copy.jar.setCookie(cookie, account());
  }
  return copy;
}

/** What the short-lived store holds of somebody's sessions; what comes back puts it there again. */
async function remembered(person: string): Promise<() => Promise<void>> {
  const { base, parts } = scene.server.drawbridge;
  const sessions = await parts.sessions.ofPerson(person as PersonId);
  const keys = sessions.map(({ id }) => `session:${id}`);
  const values = await base.store.read(keys);
  expect(values.every((value) => typeof value === 'string')).toBe(true);
  return async () => {
    // The sessions that are to be dead must be dead for another reason than being absent.
    expect((await base.store.read(keys)).some((value) => value === null)).toBe(true);
    await base.store.commit(
      keys.map((key, index) => ({ kind: 'set', key, value: values[index]!, ttlMs: 600_000 })),
    );
  };
}

const ways: Record<string, (who: Visitor) => Promise<unknown>> = {
  'signs out on our own pages': async ({ browser }) => walk(browser, await scene.signOut(browser)),
  'ends it from another browser': async ({ browser, enterFrom }) => {
    const elsewhere = new TestBrowser();
    await enterFrom(elsewhere, ['wiki']);
    const [cookie] = (await browser.jar.getCookies(account())).filter(({ value }) =>
      value.startsWith('ses_'),
    );
    const page = await elsewhere.open(account());
    const session = cookie?.value.split('.')[0] ?? '';
    await elsewhere.submit(page, { session }, '/account/sessions/end');
  },
  'signs out at a service of OpenID Connect': async ({ browser, idToken }) => {
    const { config } = await OidcClient.discover(scene.server.url, 'payroll');
    const to = client.buildEndSessionUrl(config, {
      id_token_hint: idToken,
      post_logout_redirect_uri: GOODBYE,
    });
    await walk(browser, to.href, GOODBYE);
  },
  'signs out at a SAML service': ({ browser }) =>
    walk(browser, `${scene.services.intranet.url}/leave?state=x`),
};

describe('a session stays ended when the short-lived store has forgotten that it is', () => {
  test.each(Object.keys(ways))('for whoever %s', async (way) => {
    const who = await scene.entered(['intranet', 'payroll']);
    const thief = await copyOf(who.browser);
    expect((await thief.request(account())).status).toBe(200);
    expect(await scene.isSignedIn(thief)).toBe(true);
    const putBack = await remembered(who.person);

    await ways[way]?.(who);
    await putBack();

    const { status, location } = await thief.request(account());
    expect(status).toBe(303);
    expect(new URL(location ?? '').pathname).toMatch(/^\/login/);
    expect(await scene.isSignedIn(thief)).toBe(false);
  });
});
