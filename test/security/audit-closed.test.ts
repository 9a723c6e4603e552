import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { TestBrowser, type Visit } from '../support/browser.js';
import { answerOf, CALLBACK, signIn } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { setScene, token, upToCode, type Scene } from './support/scene.js';
import { expectNoTraces, ledger } from './support/ledger.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

/** Runs something while no audit row can be written, as with a full disk. */
async function withoutAudit<Value>(work: () => Promise<Value>): Promise<Value> {
  const { db } = scene.server.drawbridge.base.database;
  await sql`create trigger no_audit before insert on audit_events
    begin select raise(abort, 'no audit row can be written'); end`.execute(db);
  try {
    return await work();
  } finally {
    await sql`drop trigger no_audit`.execute(db);
  }
}

/** Whatever the page says, nothing has been given. */
function expectClosed(visit: Visit): void {
  expect(visit.status).toBeGreaterThanOrEqual(400);
  expect(visit.location).toBeNull();
  expectNoTraces(visit.body);
}

describe('R66, I13: what cannot be audited does not happen', () => {
  test('the last step of a sign-in: no session, the code is not used up', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const otp = await upToCode(browser, (await scene.payroll.request()).url, who);
    const code = who.code();
    expectClosed(await withoutAudit(() => browser.post(otp, { code })));
    expect(await scene.server.drawbridge.parts.sessions.ofPerson(who.id as never)).toEqual([]);
    expect(answerOf(await browser.submit(otp, { code }))['code']).toBeDefined();
  });

  test('a sign-in that needs the password alone', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const page = await browser.open((await scene.wiki.request()).url);
    const good = { username: who.username, password: PASSWORD };
    expectClosed(await withoutAudit(() => browser.post(page, good)));
    expect(await scene.server.drawbridge.parts.sessions.ofPerson(who.id as never)).toEqual([]);
    expect(answerOf(await browser.submit(page, good))['code']).toBeDefined();
  });

  test('a first factor', async () => {
    const who = await scene.somebody({ otp: false });
    const browser = new TestBrowser();
    const page = await upToCode(browser, (await scene.payroll.request()).url, who);
    const before = await ledger(scene);
    await withoutAudit(() => browser.post(page, { code: '000000' }));
    expect(await ledger(scene)).toEqual(before);
  });

  test('redeeming a code: no token, and the code still works afterwards', async () => {
    const { request, arrived } = await scene.signedIn();
    const body = {
      grant_type: 'authorization_code',
      code: answerOf(arrived)['code'] ?? '',
      redirect_uri: CALLBACK,
      code_verifier: request.verifier,
    };
    const refused = await withoutAudit(() => token(scene.url, body));
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(await refused.text()).not.toContain('access_token');
    expect((await token(scene.url, body)).status).toBe(200);
  });

  test('a consent is not remembered', async () => {
    const { browser, arrived, who } = await scene.signedIn(
      { scope: 'openid email' },
      scene.planner,
    );
    expectClosed(await withoutAudit(() => browser.post(arrived, { consent: 'allow' })));
    const other = new TestBrowser();
    const again = await signIn(
      other,
      (await scene.planner.request({ scope: 'openid email' })).url,
      who,
    );
    expect(again.body).toContain('name="consent"');
  });

  test('a new password, by link or by hand', async () => {
    const { browser } = await scene.signedIn();
    const page = await browser.open(`${scene.url}/account/password`);
    const chosen = 'another passphrase that is long';
    const fields = { password: PASSWORD, new_password: chosen, repeat_password: chosen };
    expectClosed(await withoutAudit(() => browser.post(page, fields)));
    expect((await browser.post(page, fields)).status).toBe(303);
  });
});
