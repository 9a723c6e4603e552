import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { mailsAbout } from '../support/mailbox.js';
import { ManualClock } from '../support/manual-clock.js';
import { signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import type { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { toyParty, toyProtocol } from '../support/toy/toy-protocol.js';

const clock = new ManualClock(Date.now());
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [toyParty],
    processes: 1,
    clock,
    choices: { protocols: [toyProtocol] },
  });
});
afterAll(() => server.close());

let people = 0;
async function somebody(otp = false): Promise<{ person: Person; code: () => string }> {
  people += 1;
  const { person, code } = await addPerson(server.drawbridge, `robin${people}`, { otp });
  return {
    person,
    code: () => {
      clock.advance(30_000);
      return code();
    },
  };
}

const upToPush = (person: Person, browser = new TestBrowser()) =>
  upToPhone(browser, `${server.url}/toy`, person.username);

async function signsInWith(phone: ReferenceAuthenticator, person: Person): Promise<boolean> {
  const browser = new TestBrowser();
  const page = await upToPush(person, browser);
  const [challenge] = await phone.pending();
  await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
  return (await browser.open(page.url)).body.includes(`"who":"${person.username}"`);
}

const revoke = (phone: ReferenceAuthenticator) =>
  server.drawbridge.base.database.transaction((tx) =>
    server.drawbridge.parts.phones.revocation.revokeProfile(tx, phone.kept.profile as never, {
      because: 'help-desk',
    }),
  );

describe('8. profiles and devices', () => {
  test('two people on one device, with the same PIN: other keys, other codes, other strikes', async () => {
    const [anna, omar] = [(await somebody()).person, (await somebody()).person];
    const [hers, his] = [await addPhone(server, anna), await addPhone(server, omar)];
    const { db } = server.drawbridge.base.database;
    const rows = await db
      .selectFrom('profiles')
      .innerJoin('devices', 'devices.id', 'profiles.device_id')
      .select(['approval_key', 'device_key', 'installation_hash'])
      .where('profiles.id', 'in', [hers.kept.profile, his.kept.profile])
      .execute();
    for (const column of ['approval_key', 'device_key', 'installation_hash'] as const) {
      expect(rows[0]?.[column]).not.toBe(rows[1]?.[column]);
    }
    expect(await hers.code(PIN)).not.toBe(await his.code(PIN));
    const page = await upToPush(anna);
    const [challenge] = await hers.pending();
    expect(await his.pending()).toEqual([]);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await hers.approve(challenge!, { number: numberOn(page), pin: '700441' });
    }
    expect((await hers.inbox()).body).toMatchObject({ profile: { state: 'locked' } });
    expect((await his.inbox()).body).toMatchObject({ profile: { state: 'active' } });
    expect(await signsInWith(his, omar)).toBe(true);
  });

  test('one person on two devices: both are asked, either answers; one is revoked, the other works', async () => {
    const { person } = await somebody();
    const [first, second] = [await addPhone(server, person), await addPhone(server, person)];
    const page = await upToPush(person);
    const asked = [(await first.pending())[0], (await second.pending())[0]];
    expect(asked.map((challenge) => challenge?.id)).toEqual([asked[0]?.id, asked[0]?.id]);
    await second.approve(asked[1]!, { number: numberOn(page), pin: PIN });
    expect(await first.pending()).toEqual([]);
    expect((await first.deny(asked[0]!)).body).toEqual({ error: 'used' });
    await revoke(first);
    expect((await first.inbox()).body).toEqual({ error: 'revoked' });
    expect(await signsInWith(second, person)).toBe(true);
    const row = await server.drawbridge.base.database.db
      .selectFrom('profiles')
      .selectAll()
      .where('id', '=', first.kept.profile)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      oprf_key_sealed: null,
      push_sealed: null,
      revoked_because: 'help-desk',
    });
    expect(await mailsAbout(server, person.mail!, /phone was removed/)).toHaveLength(1);
  });

  test('a revoked phone ends what is waiting for it, and its codes', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const spare = await addPhone(server, person, { codes: false });
    const browser = new TestBrowser();
    const page = await upToPush(person, browser);
    await revoke(phone);
    const looked = await browser.open(page.url);
    expect(looked.body).toContain('DB-215');
    expect(await spare.pending()).toEqual([]);
    const { db } = server.drawbridge.base.database;
    const codes = db.selectFrom('otp_credentials').select('id').where('person_id', '=', person.id);
    expect(await codes.execute()).toEqual([]);
  });

  test('an approval of a phone that is revoked before the page looks is worth nothing', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    const page = await upToPush(person, browser);
    const [challenge] = await phone.pending();
    await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
    await revoke(phone);
    expect((await browser.open(page.url)).body).not.toContain('"who"');
  });
});

describe('9. the counter', () => {
  test('a copy that goes on gives both away: revoked, and told', async () => {
    const { person } = await somebody();
    const original = await addPhone(server, person);
    const copy = original.copy(server.url);
    clock.advance(1_000);
    expect((await copy.inbox()).status).toBe(200);
    clock.advance(1_000);
    const answer = await original.inbox();
    expect([answer.status, answer.body]).toEqual([410, { error: 'revoked' }]);
    expect((await copy.inbox()).status).toBe(410);
    expect(await mailsAbout(server, person.mail!, /phone was removed/)).toHaveLength(1);
    const { db } = server.drawbridge.base.database;
    const events = await db
      .selectFrom('audit_events')
      .select(['kind', 'data'])
      .where('person_id', '=', person.id)
      .where('kind', '=', 'device.revoked')
      .execute();
    expect(JSON.parse(events[0]?.data ?? '{}')).toMatchObject({ because: 'clone' });
  });

  test('the identical request again, also after minutes, gets the same answer and does nothing twice', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const page = await upToPush(person);
    const [challenge] = await phone.pending();
    const first = await phone.approve(challenge!, { number: numberOn(page), pin: '700441' });
    clock.advance(5 * 60_000);
    const again = await phone.replay(phone.last!);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    clock.advance(6 * 60_000);
    expect((await phone.replay(phone.last!)).body).toEqual({ error: 'answer_lost' });
  });

  test('a request that arrives after a newer one is not carried out; a clock that is off is corrected', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const late = phone.prepare('PATCH', '/profile', JSON.stringify({ name: 'late' }));
    await phone.rename('newer');
    expect((await phone.replay(late)).body).toEqual({ error: 'superseded' });
    expect((await phone.inbox()).body).toMatchObject({ profile: { name: 'newer' } });
    phone.kept.offset = 7 * 60_000;
    const refused = await phone.inbox();
    expect([refused.status, refused.body['error']]).toEqual([401, 'clock']);
    // The clock went back: the next request must still be later than the last one that counted.
    phone.kept.lastIat = 0;
    expect((await phone.inbox()).body).toMatchObject({
      error: 'clock',
      after: expect.any(Number),
    });
    clock.advance(1_000);
    expect((await phone.inbox()).status).toBe(200);
  });

  test.each([
    ['another body', { body: '{"name":"x"}' }],
    ['another method', { method: 'PUT' }],
  ])('what was signed for %s is refused and counts nothing', async (_what, change) => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const sent = phone.prepare('PATCH', '/profile', JSON.stringify({ name: 'y' }));
    expect((await phone.replay({ ...sent, ...change })).status).toBeGreaterThanOrEqual(401);
    expect((await phone.replay(sent)).status).toBe(204);
  });
});

describe('12. codes', () => {
  async function upToCode(person: Person): Promise<[TestBrowser, Visit]> {
    const browser = new TestBrowser();
    const page = await upToPush(person, browser);
    return [browser, await browser.submit(page, { method: 'otp' })];
  }

  test('the code of a phone that is offline is taken in the ordinary field, also minutes off', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const [browser, page] = await upToCode(person);
    expect(await phone.pending()).toEqual([]);
    const arrived = await browser.submit(page, { code: await phone.code(PIN) });
    expect(arrived.body).toContain(`"who":"${person.username}"`);
  });

  test('who used a code last is asked for one in that browser, and for an approval in others', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const [browser, page] = await upToCode(person);
    await browser.submit(page, { code: await phone.code(PIN) });
    const again = await upToPhone(browser, `${server.url}/toy?force=yes`, person.username);
    expect(again.body).toContain('name="code"');
    expect(numberOn(await upToPush(person))).toMatch(/^\d\d$/);
  });

  test('a wrong PIN gives a code that is not taken', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const [browser, page] = await upToCode(person);
    const refused = await browser.submit(page, { code: await phone.code('700441') });
    expect(refused.body).toContain('DB-201');
  });

  test('twenty sign-ins at once with one code: one', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const { engine: _, otp, directory } = server.drawbridge.parts;
    const now = (await directory.find(person.id))!;
    const code = await phone.code(PIN);
    const context = { clientAddress: '127.0.0.1', relyingParty: 'toy-box' };
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, () => otp.answer(now, {}, { code }, context)),
    );
    expect(verdicts.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
  });

  test('odd codes are refused as codes, never as a fault of ours', async () => {
    const { person } = await somebody();
    await addPhone(server, person);
    const [browser, page] = await upToCode(person);
    for (const code of ['', 'null', '１２', '\u202e123', '12345678901234567890']) {
      expect((await browser.submit(page, { code })).status).toBe(400);
    }
    const huge = await browser.submit(page, { code: '1'.repeat(1_000_000) }).catch(() => null);
    expect(huge === null || huge.status === 413).toBe(true);
  });

  test('a phone gives its codes up, and has none where they are refused', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    expect((await phone.codes()).body).toMatchObject({ state: 'enabled', lockedUntil: null });
    expect((await phone.dropCodes()).status).toBe(204);
    expect((await phone.codes()).body).toMatchObject({ state: 'disabled' });
    expect((await phone.inbox()).body).toMatchObject({ profile: { codes: 'disabled' } });
  });
});

describe('14. with push dead', () => {
  async function events(phone: ReferenceAuthenticator, abort: AbortController) {
    const response = await phone.stream(abort.signal);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return async (wanted: string): Promise<string> => {
      while (!text.includes(wanted)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended before ${wanted}: ${text}`);
        text += value;
      }
      return text;
    };
  }

  test('the stream shows a request at once, its end, and the revocation', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const abort = new AbortController();
    const until = await events(phone, abort);
    await until('"challenges":[]');
    const browser = new TestBrowser();
    const page = await upToPush(person, browser);
    await until('"id":"chl_');
    await browser.submit(page, { cancel: '1' });
    expect((await until('"challenges":[]}\n\nevent: inbox')).length).toBeGreaterThan(0);
    await revoke(phone);
    await until('event: revoked');
    abort.abort();
  });

  test('a change made by a process that can send no signal reaches the stream too', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const abort = new AbortController();
    const until = await events(phone, abort);
    await until('event: inbox');
    const { database, clock: at } = server.drawbridge.base;
    await database.transaction(async (tx) => {
      await tx
        .updateTable('profiles')
        .set({ revoked_at: at.now(), revoked_because: 'help-desk' })
        .where('id', '=', phone.kept.profile)
        .execute();
      await tx.insertInto('change_feed').values({ topic: 'devices', at: at.now() }).execute();
    });
    await until('event: revoked');
    abort.abort();
  });
});

describe('the account page', () => {
  test('lists phones apart from other apps; the last way cannot be removed, a foreign phone can be disowned', async () => {
    const { person, code } = await somebody(true);
    const browser = new TestBrowser();
    const home = await signIn(browser, `${server.url}/account`, {
      username: person.username,
      code,
    });
    const phone = await addPhone(server, person, { name: 'Blue phone' });
    const listed = await browser.open(home.url);
    expect(listed.body.match(/Blue phone/g)?.length).toBeGreaterThan(0);
    const id = phone.kept.profile;
    const renamed = await browser.submit(
      listed,
      { phone: id, name: '  Grön\u0007 telefon ' },
      '/account/phones/rename',
    );
    expect(renamed.body).toContain('Grön telefon');
    const out = await browser.submit(renamed, { phone: id }, '/account/phones/disown');
    expect(out.url).toContain('/account/signed-out');
    expect((await phone.inbox()).status).toBe(410);
    const again = await browser.open(`${server.url}/account`);
    expect(again.body).toContain('name="password"');
  });

  test('a phone that is all there is stays', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    const page = await upToPhone(browser, `${server.url}/account`, person.username);
    const [challenge] = await phone.pending();
    await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
    const home = await browser.open(page.url);
    expect(home.body).not.toContain('action="/account/phones/remove"');
    const forged = await browser.submit(
      home,
      { phone: phone.kept.profile },
      '/account/phones/rename',
    );
    const csrf = /name="csrf" value="([^"]*)"/.exec(forged.body)?.[1] ?? '';
    const refused = await browser.request(`${server.url}/account/phones/remove`, {
      method: 'POST',
      body: new URLSearchParams({ csrf, step: 'account', phone: phone.kept.profile }),
    });
    expect([refused.status, refused.body.includes('DB-401')]).toEqual([403, true]);
    expect((await phone.inbox()).status).toBe(200);
  });
});
