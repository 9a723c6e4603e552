import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { verifyAuditChain } from '../../src/audit/verify-chain.js';
import { setScene, token, type Scene, type Somebody } from '../security/support/scene.js';
import { appFromLink, type App } from '../support/app.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { mailsAbout } from '../support/mailbox.js';
import { answerOf } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { until } from '../support/services/until.js';

let scene: Scene;
let who: Somebody;
beforeAll(async () => {
  scene = await setScene();
  who = await scene.somebody({ otp: false });
});
afterAll(() => scene.close());

const db = () => scene.server.drawbridge.base.database.db;
/** What must not be written down anywhere, by what it is. */
const secrets = new Map<string, string>();
const browser = new TestBrowser();
const otherBrowser = new TestBrowser();
let app: App;

function keepSecret(what: string, value: string | undefined): string {
  if (value === undefined || value.length < 6) throw new Error(`${what} is missing`);
  secrets.set(`${what} ${secrets.size}`, value);
  return value;
}

async function cookiesOf(of: TestBrowser): Promise<void> {
  const cookies = await of.jar.getCookies(scene.url);
  for (const { key, value } of cookies) {
    // Ids of sessions and people are no secrets; what stands behind the dot is.
    keepSecret(key, value.split('.').at(-1));
  }
}

function nextCode(): string {
  scene.clock.advance(30_000);
  return keepSecret('code', app.code());
}

async function references(): Promise<Set<string>> {
  const rows = await db().selectFrom('audit_events').select('reference').execute();
  return new Set(rows.map(({ reference }) => reference));
}

/** Does something, which must add exactly these rows: `kind`, `kind reason`, with `@service`, `of nobody`. */
async function adds<Value>(expected: string[], work: () => Promise<Value>): Promise<Value> {
  scene.clock.advance(1_000);
  const before = await references();
  const value = await work();
  const rows = await db().selectFrom('audit_events').selectAll().execute();
  const added = rows.filter(({ reference }) => !before.has(reference));
  const told = added.map((row) =>
    [
      row.kind,
      row.reason,
      row.relying_party === null ? null : `@${row.relying_party}`,
      row.person_id === who.id ? null : `of ${row.person_id ?? 'nobody'}`,
    ]
      .filter((part) => part !== null)
      .join(' '),
  );
  expect(told.sort()).toEqual([...expected].sort());
  for (const { at } of added) expect(at).toBeLessThanOrEqual(scene.clock.now());
  return value;
}

const login = async (of: TestBrowser, url: string, password: string): Promise<Visit> =>
  of.submit(await of.open(url), { username: who.username, password });

const NEW = keepSecret('password', 'seven green bottles on a wall');
const NEWEST = keepSecret('password', 'three blind mice in a house');
keepSecret('password', PASSWORD);

/** One after the other: each goes on from the one before. */
test('the first sign-in tells of every answer, right or wrong', async () => {
  const request = await scene.payroll.request({ scope: 'openid offline_access' });
  const guess = keepSecret('password', 'a wrong guess 42');
  const slip = keepSecret('password', 'typed into the wrong field');
  await adds(['sign_in.failed wrong_credentials @payroll'], () =>
    login(browser, request.url, guess),
  );
  await adds(['sign_in.failed unknown_person @payroll of nobody'], async () =>
    browser.submit(await browser.open(request.url), { username: slip, password: guess }),
  );
  const page = await adds([], () => login(browser, request.url, PASSWORD));
  app = appFromLink(page, scene.clock);
  keepSecret('app secret', app.secret);
  keepSecret('csrf', /name="csrf" value="([^"]+)"/.exec(page.body)?.[1]);
  const wrong = app.code(scene.clock.now() + 3_600_000);
  await adds(['sign_in.failed wrong_code @payroll'], () => browser.submit(page, { code: wrong }));
  const arrived = await adds(['factor.enrolled @payroll', 'sign_in.completed @payroll'], () =>
    browser.submit(page, { code: nextCode() }),
  );
  keepSecret('authorization code', answerOf(arrived)['code']);

  const tokens = await adds(['code.redeemed @payroll'], () =>
    scene.payroll.redeem(request, arrived),
  );
  const refresh = keepSecret('refresh token', tokens.refresh_token);
  keepSecret('access token', tokens.access_token);
  keepSecret('id token', tokens.id_token);
  const next = await adds(['refresh_token.rotated @payroll'], () =>
    client.refreshTokenGrant(scene.payroll.config, refresh),
  );
  keepSecret('refresh token', next.refresh_token);
  await adds(['refresh_token.reused @payroll'], () =>
    token(scene.url, { grant_type: 'refresh_token', refresh_token: refresh }),
  );
  await cookiesOf(browser);
});

test('a repeated entrance tells only of its code', async () => {
  const request = await scene.wiki.request();
  const arrived = await adds([], () => browser.open(request.url));
  await adds(['code.redeemed @wiki'], () => scene.wiki.redeem(request, arrived));
});

test('consent is told, given or refused', async () => {
  const ask = async () => browser.open((await scene.planner.request()).url);
  await adds(['request.refused consent_denied @planner'], async () =>
    browser.submit(await ask(), { consent: 'deny' }),
  );
  await adds(['consent.given @planner'], async () =>
    browser.submit(await ask(), { consent: 'allow' }),
  );
});

test('recovery codes: made, used, used again', async () => {
  const account = await browser.open(`${scene.url}/account`);
  const shown = await adds(['recovery_codes.generated @account'], () =>
    browser.submit(account, {}, '/account/recovery-codes'),
  );
  const codes = [...shown.body.matchAll(/<li>([0-9A-Z-]{13})<\/li>/g)].map(([, code]) => code);
  for (const code of codes) {
    keepSecret('recovery code', code);
    keepSecret('recovery code', code?.replace('-', ''));
  }
  const [code = ''] = codes;
  const use = async (of: TestBrowser) => {
    const otp = await login(of, (await scene.payroll.request()).url, PASSWORD);
    const form = await of.submit(otp, { method: 'recovery-code' });
    return of.submit(form, { code });
  };
  await adds(['recovery_code.used @payroll', 'sign_in.completed @payroll'], () =>
    use(otherBrowser),
  );
  await adds(['sign_in.failed code_already_used @payroll'], () => use(new TestBrowser()));
  await cookiesOf(otherBrowser);
});

test('a changed password is told, and the end of the other session', async () => {
  const page = await browser.open(`${scene.url}/account/password`);
  const change = (fields: Record<string, string>) =>
    browser.submit(page, {
      password: PASSWORD,
      new_password: NEW,
      repeat_password: NEW,
      ...fields,
    });
  await adds(['request.refused passwords_differ @account'], () =>
    change({ repeat_password: PASSWORD }),
  );
  await adds(['password.changed', 'session.ended'], () => change({}));
  await cookiesOf(browser);
});

test('a forgotten password: the request, the use of the link, its second use', async () => {
  const stranger = new TestBrowser();
  const mails = await adds(['password.reset_requested'], async () => {
    const page = await stranger.open(`${scene.url}/password/forgot`);
    await stranger.submit(page, { username: who.username });
    return mailsAbout(scene.server, `${who.username}@example.org`, /^New password/);
  });
  const link = /http:\S+\/password\/link\/(\S+)/.exec(mails[0]?.text ?? '');
  keepSecret('link', link?.[1]);
  const page = await stranger.open(link?.[0] ?? '');
  const set = () => stranger.submit(page, { new_password: NEWEST, repeat_password: NEWEST });
  await adds(['password.changed'], set);
  await adds(['request.refused link_invalid of nobody'], set);
});

test('signing in again and out, a forged form, and being disabled', async () => {
  const otp = await login(browser, (await scene.payroll.request()).url, NEWEST);
  await adds(['request.refused form_not_ours of nobody'], () =>
    browser.submit(otp, { code: '123456', csrf: 'forged' }),
  );
  // The session that the new password made void makes way, and its services are told.
  await adds(['session.ended', 'sign_in.completed @payroll'], () =>
    browser.submit(otp, { code: nextCode() }),
  );
  const home = await browser.open(`${scene.url}/`);
  await adds(['session.ended'], () => browser.submit(home, {}, '/account/sign-out'));
  await adds(['person.disabled'], () =>
    scene.server.drawbridge.parts.people.disable(who.id as never),
  );
  await adds(['sign_in.failed person_disabled @payroll'], async () =>
    login(browser, (await scene.payroll.request()).url, NEWEST),
  );
});

test('all of it is sealed soon, and the chain is whole', async () => {
  await until(async () => (await verifyAuditChain(db())).unsealed.rows === 0);
  const verdict = await verifyAuditChain(db());
  expect(verdict).toMatchObject({ ok: true, unsealed: { rows: 0 } });
  expect(verdict.head.seq).toBe((await references()).size);
});

test('no secret of the story is in log lines, audit rows, metrics or the database', async () => {
  expect(secrets.size).toBeGreaterThan(40);
  const tables = await db().introspection.getTables();
  const rows = await Promise.all(
    tables.map(({ name }) =>
      db()
        .selectFrom(name as 'people')
        .selectAll()
        .execute(),
    ),
  );
  const places = {
    log: scene.server.log.join('\n'),
    database: JSON.stringify(rows),
    metrics: await (await fetch(`${scene.url}/metrics`)).text(),
  };
  expect(scene.server.log.length).toBeGreaterThan(20);
  expect(places.database).toContain(who.id);
  for (const [what, secret] of secrets) {
    for (const [place, text] of Object.entries(places)) {
      const found = /^\d+$/.test(secret)
        ? new RegExp(`(?<!\\d)${secret}(?!\\d)`).test(text)
        : text.includes(secret);
      expect({ what, place, found }).toEqual({ what, place, found: false });
    }
  }
});
