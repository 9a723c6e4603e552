import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setScene, upToCode, type Scene, type Somebody } from '../security/support/scene.js';
import { appFromLink, appFromText } from '../support/app.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { mailsAbout, mailsTo } from '../support/mailbox.js';
import { answerOf, signIn } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const MINUTE = 60_000;
const newcomer = () => scene.somebody({ otp: false });
const mailOf = (who: Somebody) => `${who.username}@example.org`;

/** From a service to the page that asks for a factor, or sets one up. */
async function begin(
  who: Somebody,
  browser = new TestBrowser(),
): Promise<{ browser: TestBrowser; page: Visit }> {
  const page = await upToCode(browser, (await scene.payroll.request()).url, who);
  return { browser, page };
}

async function factorsOf(who: Somebody): Promise<string[]> {
  const rows = await scene.server.drawbridge.base.database.db
    .selectFrom('otp_credentials')
    .select('id')
    .where('person_id', '=', who.id)
    .execute();
  return rows.map(({ id }) => id);
}

async function eventsOf(who: Somebody, kind: string): Promise<(string | null)[]> {
  const rows = await scene.server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select('reason')
    .where('person_id', '=', who.id)
    .where('kind', '=', kind)
    .execute();
  return rows.map(({ reason }) => reason);
}

describe('the first sign-in', () => {
  test('sets up an app by link or typed secret, and arrives with both factors', async () => {
    const who = await newcomer();
    const browser = new TestBrowser();
    const request = await scene.payroll.request();
    const page = await upToCode(browser, request.url, who);
    const app = appFromLink(page, scene.clock);
    expect(app.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(appFromText(page, scene.clock).secret).toBe(app.secret);
    expect(page.body).toContain(`otpauth://totp/Northwind:${who.username}`);
    expect(page.body).toContain('<svg');

    const tokens = await scene.payroll.redeem(
      request,
      await browser.submit(page, { code: app.code() }),
    );
    expect(tokens.claims()).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] });
    expect(await factorsOf(who)).toHaveLength(1);
    const [mail] = await mailsAbout(scene.server, mailOf(who), /way to sign in was added/);
    expect(mail?.text).not.toContain(app.secret);

    const next = await begin(who);
    expect(next.page.body).not.toContain('otpauth:');
    const again = await next.browser.submit(next.page, { code: app.code() });
    expect(failureOnPage(again)?.code).toBe('DB-202');
    scene.clock.advance(30_000);
    const arrived = await next.browser.submit(again, { code: app.code() });
    expect(answerOf(arrived)['code']).toBeDefined();
  });

  test('a wrong code leaves the same secret on the page, and nothing is set up', async () => {
    const who = await newcomer();
    const { browser, page } = await begin(who);
    const app = appFromLink(page, scene.clock);
    const wrong = app.code(scene.clock.now() + 60 * MINUTE);
    const refused = await browser.submit(page, { code: wrong });
    expect(refused.status).toBe(401);
    expect(failureOnPage(refused)?.code).toBe('DB-201');
    expect(appFromLink(refused, scene.clock).secret).toBe(app.secret);
    expect(await factorsOf(who)).toEqual([]);
    const arrived = await browser.submit(refused, { code: app.code() });
    expect(answerOf(arrived)['code']).toBeDefined();
  });

  test('of one begun too long ago nothing comes', async () => {
    const who = await newcomer();
    const { browser, page } = await begin(who);
    scene.clock.advance(15 * MINUTE);
    const late = await browser.submit(page, { code: appFromLink(page, scene.clock).code() });
    expect(failureOnPage(late)?.code).toBe('DB-301');
    expect(await factorsOf(who)).toEqual([]);
  });

  test('five clicks at once set up one app, tell of it once, and the person arrives', async () => {
    const who = await newcomer();
    const { browser, page } = await begin(who);
    const code = appFromLink(page, scene.clock).code();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => browser.post(page, { code })),
    );
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(await factorsOf(who)).toHaveLength(1);
    expect(await eventsOf(who, 'factor.enrolled')).toHaveLength(1);
    expect(answerOf(await browser.open(page.url))['code']).toBeDefined();
    await mailsAbout(scene.server, mailOf(who), /was added/);
    expect(await mailsTo(scene.server, mailOf(who))).toHaveLength(2);
  });
});

describe('somebody who has an app', () => {
  test('cannot be taken through setting one up by a form', async () => {
    const who = await scene.somebody();
    const { browser, page } = await begin(who);
    expect(page.body).not.toContain('otpauth:');
    const forged = await browser.submit(page, { step: 'enrol:otp', code: '123456' });
    expect(forged.status).toBe(403);
    const chosen = await browser.submit(page, { method: 'enrol' });
    expect(chosen.body).not.toContain('otpauth:');
    expect(await factorsOf(who)).toHaveLength(1);
  });

  test('cannot add another with the password alone', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const wiki = await browser.open((await scene.wiki.request()).url);
    await browser.submit(wiki, { username: who.username, password: PASSWORD });
    for (const path of ['/account', '/account/factors/new', '/account/factors/otp']) {
      const asked = await browser.open(`${scene.url}${path}`);
      expect(asked.url).toContain('/login/');
      expect(asked.body).toContain('name="code"');
      expect(asked.body).not.toContain('otpauth:');
    }
  });

  test('adds another on the account page, within ten minutes of beginning', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    await signIn(browser, `${scene.url}/account`, who);
    const setUp = async () => {
      const choice = await browser.open(`${scene.url}/account/factors/new`);
      return browser.submit(choice, { method: 'otp' });
    };
    const slow = await setUp();
    scene.clock.advance(10 * MINUTE);
    const late = await browser.submit(slow, { code: appFromLink(slow, scene.clock).code() });
    expect(failureOnPage(late)?.code).toBe('DB-206');
    expect(await factorsOf(who)).toHaveLength(1);

    const quick = await setUp();
    const added = await browser.submit(quick, { code: appFromLink(quick, scene.clock).code() });
    expect(added.body).toContain('From now on you can use it to sign in.');
    expect(await factorsOf(who)).toHaveLength(2);
    await mailsAbout(scene.server, mailOf(who), /was added/);
  });
});

test('a recovery code stands in for the app once', async () => {
  const who = await scene.somebody();
  const own = new TestBrowser();
  const account = await signIn(own, `${scene.url}/account`, who);
  const shown = await own.submit(account, {}, '/account/recovery-codes');
  const codes = [...shown.body.matchAll(/<li>([0-9A-Z]{6}-[0-9A-Z]{6})<\/li>/g)].map(
    ([, code]) => code ?? '',
  );
  expect(new Set(codes).size).toBe(10);
  expect(shown.headers.get('cache-control')).toContain('no-store');
  const saved = await own.submit(shown, {});
  expect(saved.body).toContain('10 of 10 left');
  for (const code of codes) expect(saved.body).not.toContain(code);
  await mailsAbout(scene.server, mailOf(who), /New recovery codes/);

  const [code = ''] = codes;
  const first = await begin(who);
  const form = await first.browser.submit(first.page, { method: 'recovery-code' });
  const typed = code.toLowerCase().replace('-', ' ');
  const arrived = await first.browser.submit(form, { code: typed });
  expect(answerOf(arrived)['code']).toBeDefined();
  const [mail] = await mailsAbout(scene.server, mailOf(who), /recovery code was used/);
  expect(mail?.text).toContain('9 codes are left');

  const second = await begin(who);
  const again = await second.browser.submit(second.page, { method: 'recovery-code' });
  const refused = await second.browser.submit(again, { code });
  expect(refused.status).toBe(401);
  expect(failureOnPage(refused)?.code).toBe('DB-202');
  expect(await eventsOf(who, 'recovery_code.used')).toHaveLength(1);
  const back = await second.browser.submit(refused, { method: 'otp' });
  const withApp = await second.browser.submit(back, { code: who.code() });
  expect(answerOf(withApp)['code']).toBeDefined();
});

describe('where administrators set up factors', () => {
  let strict: Scene;
  beforeAll(async () => {
    strict = await setScene({
      configuration: {
        policy: { factors: 2, maxAge: null, rules: [], enrolment: 'by-administrator' },
      },
    });
  });
  afterAll(() => strict.close());

  test('a newcomer is not let in and told whom to ask', async () => {
    const who = await strict.somebody({ otp: false });
    const page = await upToCode(new TestBrowser(), (await strict.payroll.request()).url, who);
    expect(page.body).not.toContain('otpauth:');
    expect(failureOnPage(page)?.code).toBe('DB-205');
    const row = await strict.server.drawbridge.base.database.db
      .selectFrom('audit_events')
      .selectAll()
      .where('reference', '=', failureOnPage(page)?.reference ?? '')
      .executeTakeFirst();
    expect(row).toMatchObject({ reason: 'no_factor_enrolled', person_id: who.id });
  });

  test('nobody adds one on the account page', async () => {
    const who = await strict.somebody();
    const browser = new TestBrowser();
    const account = await signIn(browser, `${strict.url}/account`, who);
    expect(account.body).not.toContain('/account/factors/new');
    const sent = await browser.open(`${strict.url}/account/factors/new`);
    expect(new URL(sent.url).pathname).toBe('/account');
  });
});
