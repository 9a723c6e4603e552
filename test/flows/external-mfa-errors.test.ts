import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { REDIRECT } from '../support/external-mfa/entra-cloud.js';
import {
  setExternalMfaScene,
  type EntraUser,
  type ExternalMfaScene,
} from '../support/external-mfa/external-mfa-scene.js';
import { PASSWORD } from '../support/people.js';
import { addPhone, numberOn, PIN } from '../support/phones.js';

const MINUTE = 60_000;

let scene: ExternalMfaScene;
let closed: ExternalMfaScene;
beforeAll(async () => {
  scene = await setExternalMfaScene();
  closed = await setExternalMfaScene(undefined, 'by-administrator');
});
afterAll(async () => {
  await scene.close();
  await closed.close();
});

/** Up to the page that asks for the second factor. */
async function asked(who: EntraUser, at = scene) {
  const browser = new TestBrowser();
  const fields = await at.request(who);
  return { browser, fields, page: await at.send(browser, fields) };
}

async function expectError(
  page: Visit,
  fields: Record<string, string>,
  reason: string,
  at = scene,
) {
  const { action, error, state, id_token: token, ...rest } = at.answerOf(page);
  expect({ action, error, state, token }).toEqual({
    action: REDIRECT,
    error: 'access_denied',
    state: fields['state'],
    token: undefined,
  });
  expect(Object.keys(rest)).toEqual(['error_description']);
  expect((await at.rowOf(at.answerOf(page))).reason).toBe(reason);
}

/** Where a page says that it loads itself again, and after how many milliseconds. */
function refreshOf(page: Visit): { afterMs: number; url: string } {
  const [, seconds = '', path = ''] = /^(\d+); url=(.*)$/.exec(page.headers.get('refresh') ?? '')!;
  return { afterMs: Number(seconds) * 1_000, url: new URL(path, page.url).href };
}

describe('when time is over, the page that is open says so to Entra by itself', () => {
  test('the one that asks for a code', async () => {
    const { browser, fields, page } = await asked(await scene.somebody());
    const { afterMs, url } = refreshOf(page);
    expect(afterMs).toBeLessThanOrEqual(4.5 * MINUTE);
    expect(afterMs).toBeGreaterThan(4 * MINUTE);
    scene.clock.advance(afterMs);
    await expectError(await browser.open(url), fields, 'sign_in_expired');
  });

  test('the one that asks for a code again after a wrong one, in what time is left', async () => {
    const { browser, fields, page } = await asked(await scene.somebody());
    scene.clock.advance(MINUTE);
    const wrong = await browser.submit(page, { code: '000000' });
    const { afterMs, url } = refreshOf(wrong);
    expect(afterMs).toBeLessThanOrEqual(3.5 * MINUTE);
    scene.clock.advance(afterMs);
    await expectError(await browser.open(url), fields, 'sign_in_expired');
  });

  test('the one that asks for the password of somebody who is not linked yet', async () => {
    const { browser, fields, page } = await asked(await scene.somebody({ linked: false }));
    const { afterMs, url } = refreshOf(page);
    scene.clock.advance(afterMs);
    await expectError(await browser.open(url), fields, 'sign_in_expired');
  });

  test('the one that waits for the phone; an approval after that is for nothing', async () => {
    const who = await scene.somebody({ otp: false });
    const { directory } = scene.server.drawbridge.parts;
    const phone = await addPhone(scene.server, (await directory.find(who.id as Person['id']))!);
    const { browser, fields, page } = await asked(who);
    const [challenge] = await phone.pending();
    scene.clock.advance(4.5 * MINUTE);
    await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
    await expectError(await browser.open(page.url), fields, 'sign_in_expired');
    expect(await phone.pending()).toEqual([]);
  });

  test('the right code a moment too late is an error, and is not used up', async () => {
    const who = await scene.somebody();
    const { browser, fields, page } = await asked(who);
    scene.clock.advance(4.5 * MINUTE);
    const code = who.code();
    await expectError(await browser.submit(page, { code }), fields, 'sign_in_expired');
    const again = await asked(who);
    const left = await again.browser.submit(again.page, { code });
    expect(scene.answerOf(left)['id_token']).toBeDefined();
  });

  test('the error is to be had once, and minutes later there is nothing left but our page', async () => {
    const who = await scene.somebody();
    const { browser, fields, page } = await asked(who);
    scene.clock.advance(13 * MINUTE);
    await expectError(await browser.open(page.url), fields, 'sign_in_expired');
    expect((await browser.open(page.url)).body).toContain('DB-301');
    const other = await asked(who);
    scene.clock.advance(15 * MINUTE);
    const gone = await other.browser.open(other.page.url);
    expect(gone.status).toBe(400);
    expect(gone.body).toContain('DB-301');
  });

  test('a request that was parked for that long is told so, too', async () => {
    const fields = await scene.request(await scene.somebody());
    const url = `${scene.server.url}/external-mfa/contoso/authorize`;
    const browser = new TestBrowser();
    const parked = await browser.request(url, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    scene.clock.advance(4.6 * MINUTE);
    await expectError(await browser.follow(parked), fields, 'sign_in_expired');
  });

  test('what was proved in time is answered a little later, but not after Entra has gone', async () => {
    for (const [wait, name] of [
      [4.9, 'id_token'],
      [5.1, 'error'],
    ] as const) {
      const who = await scene.somebody();
      const { browser, page } = await asked(who);
      const held = await browser.post(page, { code: who.code() });
      scene.clock.advance(wait * MINUTE - 30_000);
      expect(scene.answerOf(await browser.follow(held))).toHaveProperty(name);
    }
  });

  test('a prefetch or a HEAD says nothing to anybody', async () => {
    const { browser, fields, page } = await asked(await scene.somebody());
    scene.clock.advance(4.5 * MINUTE);
    await browser.request(page.url, { method: 'HEAD' });
    const early = await browser.request(page.url, { headers: { 'sec-purpose': 'prefetch' } });
    expect(early.status).toBe(200);
    await expectError(await browser.open(page.url), fields, 'sign_in_expired');
  });

  test('another browser cannot end it', async () => {
    const who = await scene.somebody();
    const { browser, fields, page } = await asked(who);
    scene.clock.advance(4.5 * MINUTE);
    expect((await new TestBrowser().open(page.url)).body).not.toContain('<form method="post"');
    await expectError(await browser.open(page.url), fields, 'sign_in_expired');
  });
});

describe('what ends a sign-in is said to Entra at once', () => {
  test('somebody leaves', async () => {
    const { browser, fields, page } = await asked(await scene.somebody());
    await expectError(await browser.submit(page, { cancel: '1' }), fields, 'cancelled');
  });

  test('too many wrong codes', async () => {
    const { browser, fields, page: first } = await asked(await scene.somebody());
    let page = first;
    for (let attempt = 0; attempt < 10 && page.body.includes('name="code"'); attempt += 1) {
      page = await browser.submit(page, { code: '000000' });
    }
    await expectError(page, fields, 'factor_locked');
  });

  test.each([
    ['deny', 'push_denied'],
    ['not_me', 'push_not_me'],
  ] as const)('"%s" on the phone, whatever else there would be', async (decision, reason) => {
    const who = await scene.somebody();
    const { directory } = scene.server.drawbridge.parts;
    const phone = await addPhone(scene.server, (await directory.find(who.id as Person['id']))!);
    const { browser, fields, page } = await asked(who);
    const [challenge] = await phone.pending();
    await phone.deny(challenge!, decision);
    await expectError(await browser.open(page.url), fields, reason);
  });

  test('nothing is set up, and nothing may be', async () => {
    const { fields, page } = await asked(await closed.somebody({ otp: false }), closed);
    await expectError(page, fields, 'no_factor_enrolled', closed);
  });

  test('somebody else types their password', async () => {
    const [one, other] = [await scene.somebody({ linked: false }), await scene.somebody()];
    const { browser, fields, page } = await asked(one);
    const left = await browser.submit(page, { username: other.username, password: PASSWORD });
    await expectError(left, fields, 'subject_mismatch');
  });

  test('a wrong password is not the end', async () => {
    const who = await scene.somebody({ linked: false });
    const { browser, page } = await asked(who);
    const again = await browser.submit(page, { username: who.username, password: 'wrong' });
    expect(again.status).toBe(401);
    expect(again.body).toContain('name="password"');
  });
});

test('where everything was forgotten meanwhile, our page is all that is left', async () => {
  const { browser, page } = await asked(await scene.somebody());
  const id = new URL(page.url).pathname.split('/').at(-1) ?? '';
  await scene.server.drawbridge.base.store.commit([{ kind: 'delete', key: `signin:${id}` }]);
  const gone = await browser.open(page.url);
  expect(gone.status).toBe(400);
  expect(gone.body).toContain('DB-301');
});
