import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { TestBrowser, type Visit } from '../support/browser.js';
import { OidcClient } from '../support/oidc-client.js';
import { GOODBYE, listed, LogoutScene } from '../support/saml/logout-scene.js';
import { walk } from '../support/saml/walk.js';

let scene: LogoutScene;
beforeAll(async () => {
  scene = await LogoutScene.set();
});
afterAll(() => scene.close());
beforeEach(() => scene.everybodyBehaves());

async function endSessionUrl(idToken: string | null): Promise<string> {
  const party = await OidcClient.discover(scene.server.url, 'payroll');
  return client.buildEndSessionUrl(party.config, {
    ...(idToken === null ? {} : { id_token_hint: idToken }),
    post_logout_redirect_uri: GOODBYE,
    state: 'x y',
  }).href;
}

/** Where a page goes by itself. */
function refreshOf(page: Visit): string {
  const to = /http-equiv="refresh" content="0; url=([^"]*)"/.exec(page.body)?.[1];
  return new URL(to ?? '', page.url).href;
}

/** Walks until the way leads to the address that nobody listens at. */
async function walkToGoodbye(browser: TestBrowser, from: Parameters<typeof walk>[1]) {
  const { page } = await walk(browser, from, GOODBYE);
  return page.location;
}

function inflated(url: URL, parameter: 'SAMLRequest' | 'SAMLResponse'): string {
  return inflateRawSync(Buffer.from(url.searchParams.get(parameter) ?? '', 'base64')).toString();
}

/** Status codes of the answer that a link carries, the most general one first. */
function statusIn(url: URL): string[] {
  const codes = inflated(url, 'SAMLResponse').matchAll(/status:(\w+)"/g);
  return [...codes].map(([, code]) => code ?? '');
}

describe('somebody signs out at', () => {
  test('our own pages: every service knows, by whichever protocol', async () => {
    const before = await scene.heard();
    const { browser, person } = await scene.entered(['intranet', 'wiki', 'payroll']);
    const { page } = await walk(browser, await scene.signOut(browser));
    expect(new URL(page.url).pathname).toBe('/account/signed-out');
    expect(await scene.inside(browser, ['intranet', 'wiki'])).toEqual([]);
    expect(await scene.isSignedIn(browser)).toBe(false);
    await scene.untilHeard(before + 1);
    expect(await scene.lastLogout(person)).toMatchObject({
      reached: ['oidc:payroll', 'saml:intranet', 'saml:wiki'],
      unreached: [],
    });
  });

  test('a service of OpenID Connect: the others are visited, then it goes back there', async () => {
    const { browser, idToken } = await scene.entered(['payroll', 'intranet', 'wiki']);
    const back = await walkToGoodbye(browser, await endSessionUrl(idToken));
    expect(back).toBe(`${GOODBYE}?state=x+y`);
    expect(await scene.inside(browser, ['intranet', 'wiki'])).toEqual([]);
    expect(await scene.isSignedIn(browser)).toBe(false);
  });

  test('the same without a hint: the person is asked, then it goes the same way', async () => {
    const { browser } = await scene.entered(['payroll', 'intranet']);
    const party = await OidcClient.discover(scene.server.url, 'payroll');
    const asked = await browser.open(
      client.buildEndSessionUrl(party.config, { post_logout_redirect_uri: GOODBYE }).href,
    );
    expect(await scene.inside(browser, ['intranet'])).toEqual(['intranet']);
    const back = await walkToGoodbye(browser, await browser.post(asked, { logout: 'yes' }));
    expect(back).toBe(GOODBYE);
    expect(await scene.inside(browser, ['intranet'])).toEqual([]);
  });

  test('a service provider: everybody else knows, and it hears of success', async () => {
    const before = await scene.heard();
    const { browser } = await scene.entered(['intranet', 'wiki', 'payroll']);
    const { page } = await walk(browser, `${scene.services.intranet.url}/leave?state=deep/link`);
    expect(page.body).toBe('left deep/link');
    expect(await scene.inside(browser, ['intranet', 'wiki'])).toEqual([]);
    expect(await scene.isSignedIn(browser)).toBe(false);
    await scene.untilHeard(before + 1);
  });

  test('a service provider when the session here is over already: success', async () => {
    const { browser } = await scene.entered(['intranet']);
    await scene.signOut(browser);
    const { page } = await walk(browser, `${scene.services.intranet.url}/leave?state=x`);
    expect(page.body).toBe('left x');
  });

  test('a service provider that takes no answers: it ends on a page of ours', async () => {
    const { browser } = await scene.entered(['mute', 'intranet']);
    const { page } = await walk(browser, `${scene.services.mute.url}/leave?state=x`);
    expect(new URL(page.url).pathname).toBe('/logout/done');
    expect(await scene.inside(browser, ['intranet'])).toEqual([]);
    expect(await scene.isSignedIn(browser)).toBe(false);
  });
});

describe('a service that', () => {
  test('is dead or hangs keeps nobody else from being told, and the page says so', async () => {
    const { archive, intranet } = scene.services;
    const before = await scene.heard();
    const { browser, person } = await scene.entered(['intranet', 'archive', 'payroll', 'wiki']);
    intranet.hang();
    await archive.kill();
    try {
      const { page, trail } = await walk(browser, await scene.signOut(browser));
      expect(page.status).toBe(200);
      expect(listed(page)).toEqual({
        unreached: ['Service archive', 'Service intranet'],
        reached: ['Service payroll', 'Service wiki'],
      });
      expect(trail.filter((url) => url.startsWith(archive.url))).toEqual([]);
      const [hung, told] = [intranet, scene.services.wiki].map((one) =>
        trail.findIndex((url) => url.startsWith(one.url)),
      );
      expect(told).toBeLessThan(hung ?? 0);
      expect(await scene.inside(browser, ['wiki'])).toEqual([]);
      expect(await scene.isSignedIn(browser)).toBe(false);
      await scene.untilHeard(before + 1);
      expect((await scene.lastLogout(person))?.unreached).toEqual([
        'saml:archive',
        'saml:intranet',
      ]);
      const again = await browser.open(page.url);
      expect(listed(again)).toEqual(listed(page));
    } finally {
      intranet.wake();
    }
  });

  test('has no address for logout is reported', async () => {
    const { browser } = await scene.entered(['mute', 'wiki']);
    const { page } = await walk(browser, await scene.signOut(browser));
    expect(listed(page)).toEqual({ unreached: ['Service mute'], reached: ['Service wiki'] });
  });

  test('answers that it could not is reported, and the one that asked hears of a partial logout', async () => {
    await scene.services.wiki.behave('failure');
    const { browser } = await scene.entered(['intranet', 'wiki']);
    const { page } = await walk(browser, `${scene.services.intranet.url}/leave?state=x`);
    expect(listed(page)).toEqual({ unreached: ['Service wiki'], reached: [] });
    const back = /href="(http:[^"]*SAMLResponse[^"]*)"/.exec(page.body)?.[1] ?? '';
    const answer = new URL(back.replaceAll('&amp;', '&'));
    expect(statusIn(answer)).toEqual(['Success', 'PartialLogout']);
    expect((await walk(browser, answer.href)).page.body).toBe('left x');
  });

  test('keeps the browser is not reached, and whoever comes back goes on from there', async () => {
    await scene.services.intranet.behave('nothing');
    const { browser } = await scene.entered(['intranet', 'wiki']);
    const { page: theirs, trail } = await walk(browser, await scene.signOut(browser));
    expect(theirs.body).toBe('left, and that is all');
    const tour = trail.find((url) => url.includes('/logout/services/')) ?? '';
    const { page } = await walk(browser, tour);
    expect(listed(page)).toEqual({ unreached: ['Service intranet'], reached: ['Service wiki'] });
    const stranger = await new TestBrowser().open(tour);
    expect(new URL(stranger.url).pathname).toBe('/logout/done');
  });
});

describe('whoever asks twice', () => {
  test('on our page: the second press goes on with what the first one began', async () => {
    const { browser, person } = await scene.entered(['intranet', 'wiki']);
    const home = await browser.open(`${scene.server.url}/`);
    const first = await browser.post(home, {}, '/account/sign-out');
    await browser.request(refreshOf(first));
    const { page } = await walk(browser, await browser.post(home, {}, '/account/sign-out'));
    expect(new URL(page.url).pathname).toBe('/');
    expect(await scene.inside(browser, ['intranet', 'wiki'])).toEqual([]);
    expect((await scene.lastLogout(person))?.unreached).toEqual([]);
  });

  test('at a service: everybody is told all the same, and the second request is answered', async () => {
    const { browser } = await scene.entered(['intranet', 'wiki']);
    const leave = (state: string) =>
      browser.request(`${scene.services.intranet.url}/leave?state=${state}`);
    const [one, other] = [await leave('one'), await leave('other')];
    await browser.request(one.location ?? '');
    const { page } = await walk(browser, other);
    expect(page.body).toBe('left other');
    expect(await scene.inside(browser, ['wiki'])).toEqual([]);
  });

  test('with OpenID Connect: the others are visited before it goes back there', async () => {
    const { browser, idToken } = await scene.entered(['payroll', 'wiki']);
    const url = await endSessionUrl(idToken);
    await browser.request(url);
    expect(await walkToGoodbye(browser, url)).toContain(GOODBYE);
    expect(await scene.inside(browser, ['wiki'])).toEqual([]);
  });
});

describe('signing out everywhere', () => {
  test('tells a service of all its sessions in one message, and ends those of other browsers', async () => {
    const before = await scene.heard();
    const { browser, enterFrom } = await scene.entered(['intranet', 'payroll']);
    const elsewhere = new TestBrowser();
    await enterFrom(elsewhere, ['intranet', 'wiki', 'payroll']);
    const account = await browser.open(`${scene.server.url}/account`);
    const { page, trail } = await walk(
      browser,
      await browser.post(account, {}, '/account/sign-out-everywhere'),
    );
    expect(page.body).toContain('in all browsers');
    const message = trail.find((url) => url.includes('SAMLRequest')) ?? '';
    expect(inflated(new URL(message), 'SAMLRequest').match(/SessionIndex>_/g)).toHaveLength(2);
    expect(await scene.inside(browser, ['intranet'])).toEqual([]);
    expect(await scene.inside(elsewhere, ['intranet', 'wiki'])).toEqual([]);
    expect(await scene.isSignedIn(browser)).toBe(false);
    expect(await scene.isSignedIn(elsewhere)).toBe(false);
    await scene.untilHeard(before + 2);
  });
});
