import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser, type Visit } from '../support/browser.js';
import { answerOf } from '../support/oidc-client.js';
import { setScene, upToCode, type Scene, type Somebody } from './support/scene.js';
import { changingNothing } from './support/ledger.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

async function atCode(who: Somebody): Promise<{ browser: TestBrowser; page: Visit }> {
  const browser = new TestBrowser();
  return { browser, page: await upToCode(browser, (await scene.payroll.request()).url, who) };
}

const wrongFor = (code: string) => ((Number(code) + 1) % 1_000_000).toString().padStart(6, '0');
const fullWidth = (code: string) =>
  [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');

describe('one-time codes', () => {
  test('M5, B62, R18: one code in twenty sign-ins at once lets one in', async () => {
    const who = await scene.somebody();
    const all = await Promise.all(Array.from({ length: 20 }, () => atCode(who)));
    const code = who.code();
    const visits = await Promise.all(
      all.map(({ browser, page }) => browser.submit(page, { code })),
    );
    expect(visits.filter(({ location }) => location?.includes('code='))).toHaveLength(1);
    const late = await atCode(who);
    expect((await late.browser.submit(late.page, { code })).location).toBeNull();
  });

  test('M6, B64: wrong codes end the sign-in at exactly the limit, over all sign-ins together', async () => {
    const who = await scene.somebody();
    const first = await atCode(who);
    const second = await atCode(who);
    const code = who.code();
    const wrong = wrongFor(code);
    const statuses: number[] = [];
    let last: Visit | null = null;
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { browser, page } = attempt % 2 === 0 ? first : second;
      last = await browser.submit(page, { code: wrong });
      statuses.push(last.status);
    }
    expect(statuses.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 401));
    expect(last?.body).toContain('DB-204');
    expect(last?.body).not.toContain('name="code"');
    const right = await second.browser.submit(second.page, { code });
    expect(right.location ?? '').not.toContain('127.0.0.1:7100/callback?code');
    expect((await scene.server.drawbridge.parts.sessions.ofPerson(who.id as never)).length).toBe(0);
    // The password is counted apart: it still leads to the question, and the lock is looked at there.
    const third = await atCode(who);
    const refused = await third.browser.submit(third.page, { code });
    expect(refused.body).toContain('DB-204');
    scene.clock.advance(15 * 60_000 + 1);
    const fourth = await atCode(who);
    expect(
      answerOf(await fourth.browser.submit(fourth.page, { code: who.code() }))['code'],
    ).toBeDefined();
  });

  test('M7, I3: forty wrong codes at once count forty at most and ten are judged', async () => {
    const who = await scene.somebody();
    const code = who.code();
    const all = await Promise.all(Array.from({ length: 40 }, () => atCode(who)));
    await Promise.all(
      all.map(({ browser, page }) => browser.submit(page, { code: wrongFor(code) })),
    );
    const row = await scene.server.drawbridge.base.database.db
      .selectFrom('otp_credentials')
      .select(['failures', 'locked_until'])
      .where('person_id', '=', who.id)
      .executeTakeFirstOrThrow();
    expect(row.failures).toBe(10);
    expect(row.locked_until).not.toBeNull();
  });

  test('I3: a right password does not forgive codes, nor a right code passwords', async () => {
    const who = await scene.somebody();
    const { db } = scene.server.drawbridge.base.database;
    const guess = await atCode(who);
    await guess.browser.submit(guess.page, { code: wrongFor(who.code()) });
    const browser = new TestBrowser();
    const page = await browser.open((await scene.payroll.request()).url);
    await browser.submit(page, { username: who.username, password: 'wrong password' });
    await atCode(who);
    const codes = () =>
      db
        .selectFrom('otp_credentials')
        .select('failures')
        .where('person_id', '=', who.id)
        .executeTakeFirstOrThrow();
    expect((await codes()).failures).toBe(1);
  });

  test.each<[string, (code: string) => string]>([
    ['with spaces', (code) => ` ${code.slice(0, 3)} ${code.slice(3)} `],
    ['in full-width digits', fullWidth],
    ['with a no-break space', (code) => `${code.slice(0, 3)}\u00a0${code.slice(3)}`],
  ])('B65: a code typed %s is that code', async (_name, typed) => {
    const who = await scene.somebody();
    const { browser, page } = await atCode(who);
    expect(answerOf(await browser.submit(page, { code: typed(who.code()) }))['code']).toBeDefined();
  });

  test.each([
    '',
    '1',
    '12345',
    '123456789',
    '-12345',
    '12345a',
    '0x1234',
    '1e5',
    '12.456',
    '١٢٣٤٥٦',
    '123456\u0000x'.replace('\u0000', '\u0001'),
    '{"$gt":""}',
    '9'.repeat(5000),
  ])('B65: %j is no code => 400, not counted', async (code) => {
    const who = await scene.somebody();
    const { browser, page } = await atCode(who);
    const visit = await changingNothing(scene, () => browser.post(page, { code }));
    expect(visit.status).toBe(400);
    expect(visit.body).toContain('DB-203');
    expect(answerOf(await browser.submit(page, { code: who.code() }))['code']).toBeDefined();
  });

  test('B65: seven digits are a wrong code', async () => {
    const who = await scene.somebody();
    const { browser, page } = await atCode(who);
    expect((await browser.post(page, { code: `${who.code()}0` })).status).toBe(401);
  });

  test('M6: the code of ten steps ago, and of ten steps ahead, is wrong', async () => {
    const who = await scene.somebody();
    const code = who.code();
    const { browser, page } = await atCode(who);
    scene.clock.advance(300_000);
    expect((await browser.post(page, { code })).status).toBe(401);
  });

  test('the code of another person is wrong', async () => {
    const who = await scene.somebody();
    const other = await scene.somebody();
    const { browser, page } = await atCode(who);
    expect((await browser.post(page, { code: other.code() })).status).toBe(401);
    expect((await browser.submit(page, { code: who.code() })).location).not.toBeNull();
  });
});

describe('recovery codes', () => {
  async function withCodes(): Promise<{ who: Somebody; codes: readonly string[] }> {
    const who = await scene.somebody();
    const { recoveryCodes, directory } = scene.server.drawbridge.parts;
    const person = await directory.find(who.id as never);
    if (person === null) throw new Error('nobody');
    return { who, codes: await recoveryCodes.generate(person) };
  }

  async function atRecovery(who: Somebody): Promise<{ browser: TestBrowser; page: Visit }> {
    const { browser, page } = await atCode(who);
    return { browser, page: await browser.submit(page, { method: 'recovery-code' }) };
  }

  test('B71, I1: used in ten sign-ins at once one gets in; again never', async () => {
    const { who, codes } = await withCodes();
    const all = await Promise.all(Array.from({ length: 10 }, () => atRecovery(who)));
    const code = codes[0] ?? '';
    const visits = await Promise.all(
      all.map(({ browser, page }) => browser.submit(page, { code })),
    );
    expect(visits.filter(({ location }) => location?.includes('code='))).toHaveLength(1);
    const again = await atRecovery(who);
    const visit = await again.browser.submit(again.page, { code });
    expect(visit.location).toBeNull();
    expect(visit.status).toBe(401);
  });

  test('B71: those of another person, and those of a set that was replaced', async () => {
    const one = await withCodes();
    const two = await withCodes();
    const { browser, page } = await atRecovery(one.who);
    expect((await browser.post(page, { code: two.codes[0] ?? '' })).status).toBe(401);
    const { recoveryCodes, directory } = scene.server.drawbridge.parts;
    const person = await directory.find(one.who.id as never);
    if (person !== null) await recoveryCodes.generate(person);
    expect((await browser.post(page, { code: one.codes[1] ?? '' })).status).toBe(401);
    expect((await browser.submit(page, { code: two.codes[1] ?? '' })).location).toBeNull();
  });

  test('locked apart from one-time codes: neither opens the other', async () => {
    const { who, codes } = await withCodes();
    const code = who.code();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { browser, page } = await atCode(who);
      await browser.submit(page, { code: wrongFor(code) });
    }
    const recovery = await atRecovery(who);
    expect(
      answerOf(await recovery.browser.submit(recovery.page, { code: codes[0] ?? '' }))['code'],
    ).toBeDefined();
    const locked = await atCode(who);
    expect((await locked.browser.submit(locked.page, { code: who.code() })).location).toBeNull();
  });
});
