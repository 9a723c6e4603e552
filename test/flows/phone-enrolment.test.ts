import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DependencyUnavailable } from '../../src/kernel/errors.js';
import { setScene, upToCode, type Scene, type Somebody } from '../security/support/scene.js';
import { appFromLink } from '../support/app.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { mailsAbout } from '../support/mailbox.js';
import { answerOf } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { codeOn, digitsOn, readCodeOf } from '../support/phone-enrolment.js';
import { numberOn, PIN, upToPhone } from '../support/phones.js';
import { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const newcomer = () => scene.somebody({ otp: false });
const readCode = (page: Visit) => readCodeOf(page, scene.server.url, scene.clock);

interface Enrolling {
  browser: TestBrowser;
  page: Visit;
  request: Awaited<ReturnType<Scene['payroll']['request']>>;
}

/** From a service to the page with the code for a phone. */
async function atPhone(who: Somebody, browser = new TestBrowser()): Promise<Enrolling> {
  const request = await scene.payroll.request();
  const offered = await upToCode(browser, request.url, who);
  return { browser, request, page: await browser.submit(offered, { method: 'push' }) };
}

async function profilesOf({ id }: Somebody): Promise<string[]> {
  const rows = await scene.server.drawbridge.base.database.db
    .selectFrom('profiles')
    .select('id')
    .where('person_id', '=', id)
    .where('activated_at', 'is not', null)
    .where('revoked_at', 'is', null)
    .execute();
  return rows.map(({ id: profile }) => profile);
}

const sessionsOf = ({ id }: Somebody) =>
  scene.server.drawbridge.parts.sessions.ofPerson(id as never);

describe('the first sign-in', () => {
  test('offers the phone beside the app, adds it, and arrives with both factors', async () => {
    const who = await newcomer();
    const { browser, request, page } = await atPhone(who);
    expect(page.body).toContain('value="otp"');
    expect(page.body).toContain('/authenticator/#a=');
    const phone = await readCode(page);
    const compare = await browser.open(page.url);
    expect(digitsOn(compare)).toBe(phone.fingerprint);
    expect(compare.body).not.toContain('#a=');
    expect(await profilesOf(who)).toEqual([]);
    const arrived = await browser.submit(compare, { fingerprint: 'same' });
    const tokens = await scene.payroll.redeem(request, arrived);
    expect(tokens.claims()).toMatchObject({ amr: ['pwd', 'swk', 'mfa'] });
    expect(await profilesOf(who)).toEqual([phone.kept.profile]);
    await mailsAbout(scene.server, `${who.username}@example.org`, /phone was added/);

    const next = new TestBrowser();
    const asked = await upToPhone(next, (await scene.payroll.request()).url, who.username);
    const [challenge] = await phone.pending();
    await phone.approve(challenge!, { number: numberOn(asked), pin: PIN });
    expect(answerOf(await next.open(asked.url))['code']).toBeDefined();
  });

  test('when the store fails as the phone is confirmed, the person goes on with the phone they have', async () => {
    // What answers in another process cannot be made to fail from here.
    if (scene.server.nodes !== null) return;
    const who = await newcomer();
    const { browser, request, page } = await atPhone(who);
    const phone = await readCode(page);
    const compare = await browser.open(page.url);
    const { store } = scene.server.drawbridge.base;
    const commit = jest.spyOn(store, 'commit').mockImplementation(() => {
      throw new DependencyUnavailable('redis', new Error('away'));
    });
    const broke = await browser.submit(compare, { fingerprint: 'same' });
    commit.mockRestore();
    expect(broke.status).toBe(503);
    const back = await browser.open(page.url);
    expect(back.body).not.toContain('Show a new code');
    const asked = await browser.submit(back, { method: 'push' });
    const [challenge] = await phone.pending();
    await phone.approve(challenge!, { number: numberOn(asked), pin: PIN });
    const tokens = await scene.payroll.redeem(request, await browser.open(asked.url));
    expect(tokens.claims()).toMatchObject({ amr: ['pwd', 'swk', 'mfa'] });
  });

  test('the page waits, and is told when the phone has done its part', async () => {
    const who = await newcomer();
    const { browser, page } = await atPhone(who);
    const cookie = await browser.jar.getCookieString(page.url);
    const changes = await fetch(`${page.url}/changes`, { headers: { cookie } });
    const reader = changes.body!.pipeThrough(new TextDecoderStream()).getReader();
    await readCode(page);
    let text = '';
    while (!text.includes('event: changed')) text += (await reader.read()).value ?? '';
    await reader.cancel();
    expect(digitsOn(await browser.open(page.url))).toMatch(/^\d{6}$/);
  });

  test('whoever thinks better of it sets up an app, and the code for the phone is dead', async () => {
    const who = await newcomer();
    const { browser, request, page } = await atPhone(who);
    const code = codeOn(page);
    const app = await browser.submit(page, { method: 'otp' });
    const late = new ReferenceAuthenticator(scene.server.url, () => scene.clock.now());
    expect((await late.activate(code, PIN, {})).status).toBe(404);
    const arrived = await browser.submit(app, { code: appFromLink(app, scene.clock).code() });
    expect((await scene.payroll.redeem(request, arrived)).claims()).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
    });
  });

  test('cancelling kills the code too', async () => {
    const who = await newcomer();
    const { browser, page } = await atPhone(who);
    const code = codeOn(page);
    await browser.submit(page, { cancel: '1' });
    const late = new ReferenceAuthenticator(scene.server.url, () => scene.clock.now());
    expect((await late.activate(code, PIN, {})).status).toBe(404);
  });

  test('five clicks at once add one phone, and the person arrives', async () => {
    const who = await newcomer();
    const { browser, page } = await atPhone(who);
    await readCode(page);
    const compare = await browser.open(page.url);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => browser.post(compare, { fingerprint: 'same' })),
    );
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(await profilesOf(who)).toHaveLength(1);
    expect(answerOf(await browser.open(page.url))['code']).toBeDefined();
  });

  test('an old code is over; a new one works', async () => {
    const who = await newcomer();
    const { browser, page } = await atPhone(who);
    scene.clock.advance(10 * 60_000);
    const over = await browser.open(page.url);
    expect(over.body).not.toContain('#a=');
    const again = await browser.submit(over, { method: 'push' });
    await readCode(again);
    const arrived = await browser.submit(await browser.open(page.url), { fingerprint: 'same' });
    expect(answerOf(arrived)['code']).toBeDefined();
  });
});

describe('somebody else', () => {
  test('who read the code first shows other digits, is turned away, and a new code works', async () => {
    const who = await newcomer();
    const { browser, page } = await atPhone(who);
    const thief = await readCode(page);
    const own = new ReferenceAuthenticator(scene.server.url, () => scene.clock.now());
    expect((await own.activate(codeOn(page), PIN, {})).status).toBe(404);
    const compare = await browser.open(page.url);
    expect(digitsOn(compare)).toBe(thief.fingerprint);
    const refused = await browser.submit(compare, { fingerprint: 'other' });
    expect(failureOnPage(refused)?.code).toBe('DB-220');
    expect((await thief.activationState()).body).toMatchObject({ state: 'refused' });
    expect(await profilesOf(who)).toEqual([]);
    const again = await browser.submit(refused, { method: 'push' });
    const phone = await readCode(again);
    await browser.submit(await browser.open(page.url), { fingerprint: 'same' });
    expect(await profilesOf(who)).toEqual([phone.kept.profile]);
  });

  test('cannot confirm from another browser, nor see the code there', async () => {
    const who = await newcomer();
    const { page } = await atPhone(who);
    await readCode(page);
    const stranger = new TestBrowser();
    await stranger.open((await scene.payroll.request()).url);
    const seen = await stranger.open(page.url);
    expect([seen.status, failureOnPage(seen)?.code]).toEqual([403, 'DB-302']);
    const posted = await stranger.request(page.url, {
      method: 'POST',
      body: new URLSearchParams({ step: 'enrol:push', fingerprint: 'same' }),
    });
    expect(posted.status).toBe(403);
    expect(await profilesOf(who)).toEqual([]);
  });

  test('cannot make their own sign-in confirm the phone of another one', async () => {
    const [anna, omar] = [await newcomer(), await newcomer()];
    const [hers, his] = [await atPhone(anna), await atPhone(omar)];
    await readCode(hers.page);
    const refused = await his.browser.submit(his.page, { fingerprint: 'same' });
    expect(failureOnPage(refused)?.code).toBe('DB-304');
    expect([await profilesOf(anna), await profilesOf(omar)]).toEqual([[], []]);
    expect(await sessionsOf(omar)).toEqual([]);
  });

  test('with the password alone is refused once the owner has a phone or an app', async () => {
    for (const method of ['push', 'otp']) {
      const who = await newcomer();
      const thief = await atPhone(who);
      await readCode(thief.page);
      const compare = await thief.browser.open(thief.page.url);
      const owner = await atPhone(who);
      if (method === 'push') {
        await readCode(owner.page);
        await owner.browser.submit(await owner.browser.open(owner.page.url), {
          fingerprint: 'same',
        });
      } else {
        const app = await owner.browser.submit(owner.page, { method: 'otp' });
        await owner.browser.submit(app, { code: appFromLink(app, scene.clock).code() });
      }
      const before = await profilesOf(who);
      const ended = await thief.browser.submit(compare, { fingerprint: 'same' });
      expect([ended.status, failureOnPage(ended)?.code]).toEqual([400, 'DB-206']);
      expect(await profilesOf(who)).toEqual(before);
      expect(await sessionsOf(who)).toHaveLength(1);
    }
  });

  test('of a phone and an app that are set up at the same time one is added', async () => {
    for (let time = 0; time < 3; time += 1) {
      const who = await newcomer();
      const withPhone = await atPhone(who);
      await readCode(withPhone.page);
      const compare = await withPhone.browser.open(withPhone.page.url);
      const browser = new TestBrowser();
      const app = await upToCode(browser, (await scene.payroll.request()).url, who);
      await Promise.all([
        withPhone.browser.submit(compare, { fingerprint: 'same' }),
        browser.submit(app, { code: appFromLink(app, scene.clock).code() }),
      ]);
      expect(await sessionsOf(who)).toHaveLength(1);
    }
  });
});

describe('what is over', () => {
  test('a sign-out everywhere or a new password voids the code and the confirmation', async () => {
    const who = await newcomer();
    const { browser, page } = await atPhone(who);
    await readCode(page);
    const compare = await browser.open(page.url);
    await scene.server.drawbridge.parts.people.signOutEverywhere(who.id as never);
    const ended = await browser.submit(compare, { fingerprint: 'same' });
    expect([ended.status, failureOnPage(ended)?.code]).toEqual([400, 'DB-406']);
    expect(await profilesOf(who)).toEqual([]);
  });

  test('with the sign-in its enrolment ends: nobody can confirm it any more', async () => {
    const who = await newcomer();
    const { browser, page } = await atPhone(who);
    scene.clock.advance(9 * 60_000);
    await readCode(page);
    const compare = await browser.open(page.url);
    scene.clock.advance(6 * 60_000);
    const late = await browser.submit(compare, { fingerprint: 'same' });
    expect(failureOnPage(late)?.code).toBe('DB-301');
    expect(await profilesOf(who)).toEqual([]);
  });

  test('a confirmation that is sent again does nothing', async () => {
    const who = await newcomer();
    const { browser, page } = await atPhone(who);
    await readCode(page);
    const compare = await browser.open(page.url);
    await browser.submit(compare, { fingerprint: 'same' });
    const replayed = await browser.post(compare, { fingerprint: 'same' });
    expect([replayed.location, failureOnPage(replayed)?.code]).toEqual([null, 'DB-301']);
    expect(await profilesOf(who)).toHaveLength(1);
    expect(await sessionsOf(who)).toHaveLength(1);
  });

  test('beginning anew kills the code of the sign-in before', async () => {
    const who = await newcomer();
    const first = await atPhone(who);
    const code = codeOn(first.page);
    const second = await atPhone(who, first.browser);
    const late = new ReferenceAuthenticator(scene.server.url, () => scene.clock.now());
    expect((await late.activate(code, PIN, {})).status).toBe(404);
    await readCode(second.page);
    const arrived = await second.browser.submit(await second.browser.open(second.page.url), {
      fingerprint: 'same',
    });
    expect(answerOf(arrived)['code']).toBeDefined();
  });
});

test('whoever has a factor cannot choose to set up a phone instead of showing it', async () => {
  const who = await scene.somebody();
  const browser = new TestBrowser();
  const page = await upToCode(browser, (await scene.payroll.request()).url, who);
  const same = await browser.submit(page, { method: 'push' });
  expect(same.body).toContain('name="code"');
  expect(same.body).not.toContain('#a=');
  expect(await profilesOf(who)).toEqual([]);
});

test('a password alone, on the way to setting up a phone, shows nothing of the account', async () => {
  const who = await newcomer();
  const { browser } = await atPhone(who);
  const account = await browser.open(`${scene.server.url}/account`);
  expect(account.body).toContain('name="password"');
  const next = await browser.submit(account, { username: who.username, password: PASSWORD });
  expect(next.body).toContain('otpauth://');
  expect(next.body).not.toContain('/account/phones');
});
