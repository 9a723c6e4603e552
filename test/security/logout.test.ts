import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UnsecuredJWT } from 'jose';
import { TestBrowser } from '../support/browser.js';
import { answerOf } from '../support/oidc-client.js';
import { setScene, type Scene } from './support/scene.js';
import { changingNothing, expectRefusalPage } from './support/ledger.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const GOODBYE = 'http://127.0.0.1:7100/goodbye';

async function isSignedIn(browser: TestBrowser): Promise<boolean> {
  const quiet = await scene.payroll.request({ prompt: 'none' });
  return 'code' in answerOf(await browser.open(quiet.url));
}

const logout = (parameters: Record<string, string>) =>
  `${scene.url}/logout?${new URLSearchParams(parameters).toString()}`;

describe('/logout', () => {
  test('B48: an address that is not registered, or of nobody => a page, no redirect, session alive', async () => {
    const { browser, request, arrived } = await scene.signedIn();
    const { id_token: hint = '' } = await scene.payroll.redeem(request, arrived);
    for (const uri of [
      'https://evil.example/',
      `${GOODBYE}/`,
      `${GOODBYE}?x`,
      `${GOODBYE}#x`,
      'http://127.0.0.1:7100@evil.example/goodbye',
      'javascript:alert(1)',
      '//evil.example',
    ]) {
      const visit = await changingNothing(scene, () =>
        browser.request(logout({ id_token_hint: hint, post_logout_redirect_uri: uri })),
      );
      expectRefusalPage(visit);
    }
    for (const parameters of [
      { post_logout_redirect_uri: GOODBYE },
      { post_logout_redirect_uri: GOODBYE, client_id: 'wiki' },
      { post_logout_redirect_uri: GOODBYE, client_id: 'wiki', id_token_hint: hint },
    ]) {
      const visit = await browser.open(logout(parameters));
      expect(visit.location).toBeNull();
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('B50: a GET from an image of another site => a page that asks, session alive', async () => {
    const { browser } = await scene.signedIn();
    for (const parameters of [{}, { client_id: 'payroll', post_logout_redirect_uri: GOODBYE }]) {
      const visit = await browser.open(logout(parameters));
      expect(visit.status).toBe(200);
      expect(visit.body).toContain('name="logout"');
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('B57: the question is answered only by the browser that was asked, with its own form', async () => {
    const { browser } = await scene.signedIn();
    const asked = await browser.open(logout({}));
    const stranger = new TestBrowser();
    await stranger.open(logout({ client_id: 'payroll' }));
    for (const body of [
      { logout: 'yes' },
      { logout: 'yes', csrf: 'x'.repeat(43), step: 'logout' },
      { logout: 'yes', csrf: '' },
    ]) {
      const refused = await browser.request(asked.url, {
        method: 'POST',
        body: new URLSearchParams(body),
      });
      expect(refused.status).toBe(403);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('the handle of a question made elsewhere leads nowhere that is not registered', async () => {
    const { browser } = await scene.signedIn();
    for (const handle of ['x', '..%2F..', '%00', 'A'.repeat(500)]) {
      const page = await browser.open(`${scene.url}/logout/confirm/${handle}`);
      expect(page.status).toBeLessThan(500);
      if (page.status !== 200) continue;
      const gone = await browser.post(page, { logout: 'no' });
      expect([handle, gone.status, gone.location]).toEqual([handle, 303, `${scene.url}/`]);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('a handle works once', async () => {
    const { browser } = await scene.signedIn();
    const asked = await browser.open(
      logout({ client_id: 'payroll', post_logout_redirect_uri: GOODBYE }),
    );
    const gone = await browser.post(asked, { logout: 'yes' });
    expect(gone.location).toBe(GOODBYE);
    const again = await browser.post(asked, { logout: 'yes' });
    expect(again.location).not.toBe(GOODBYE);
  });

  test('B14, R52: a hint that we did not sign, or of somebody else, ends nothing unasked', async () => {
    const other = await scene.signedIn();
    const tokens = await scene.payroll.redeem(other.request, other.arrived);
    const { browser } = await scene.signedIn();
    const asked = await browser.open(logout({ id_token_hint: tokens.id_token ?? '' }));
    expect(asked.body).toContain('name="logout"');
    const none = new UnsecuredJWT({ iss: scene.url, sub: other.who.id, aud: 'payroll' }).encode();
    for (const hint of [none, 'x', '..', `${tokens.id_token}x`]) {
      const visit = await browser.request(logout({ id_token_hint: hint }));
      expect(visit.status).toBe(400);
      expect(visit.location).toBeNull();
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('R36: after a logout the old cookie opens nothing, and its codes and tokens are over', async () => {
    const { browser, request, arrived } = await scene.signedIn();
    const tokens = await scene.payroll.redeem(request, arrived);
    const again = await scene.payroll.request();
    const code = answerOf(await browser.open(again.url))['code'] ?? '';
    const cookie = await browser.jar.getCookieString(scene.url);
    await browser.open(logout({ id_token_hint: tokens.id_token ?? '' }));
    for (const path of ['/account', '/account/password', '/account/factors/new']) {
      const visit = await fetch(`${scene.url}${path}`, { headers: { cookie }, redirect: 'manual' });
      expect(visit.status).toBe(303);
      expect(visit.headers.get('location')).toMatch(/^\/login\/sgn_/);
    }
    const info = await fetch(`${scene.url}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(info.status).toBe(401);
    expect(code).not.toBe('');
  });

  test('state goes back as a parameter, and nothing else of the answer can be chosen', async () => {
    const { browser, request, arrived } = await scene.signedIn();
    const { id_token: hint = '' } = await scene.payroll.redeem(request, arrived);
    const state = 'x\r\nSet-Cookie: a=b&post_logout_redirect_uri=https://evil.example/';
    const gone = await browser.open(
      logout({ id_token_hint: hint, post_logout_redirect_uri: GOODBYE, state }),
    );
    const answer = new URL(gone.location ?? '');
    expect(answer.origin + answer.pathname).toBe(GOODBYE);
    expect(answer.searchParams.get('state')).toBe(state);
    expect([...answer.searchParams.keys()]).toEqual(['state']);
  });
});
