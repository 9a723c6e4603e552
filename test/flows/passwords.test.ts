import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setScene, type Scene, type Somebody } from '../security/support/scene.js';
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
const NEW = 'seven green bottles on a wall';
const mailOf = (who: Somebody) => `${who.username}@example.org`;

async function forget(alias: string): Promise<Visit> {
  const browser = new TestBrowser();
  const page = await browser.open(`${scene.url}/password/forgot`);
  return browser.submit(page, { username: alias });
}

/** Asks for a link and reads it in the mail. */
async function linkFor(who: Somebody): Promise<string> {
  await forget(who.username);
  const [mail] = await mailsAbout(scene.server, mailOf(who), /^New password/);
  const link = /http:\/\/\S+\/password\/link\/\S+/.exec(mail?.text ?? '')?.[0];
  if (link === undefined) throw new Error(`no link in the mail:\n${mail?.text}`);
  return link;
}

/** Sets a password behind a link. */
async function set(link: string, chosen: string, browser = new TestBrowser()): Promise<Visit> {
  const page = await browser.open(link);
  return browser.submit(page, { new_password: chosen, repeat_password: chosen });
}

/** Types these into the first page of a new sign-in. */
async function typed(
  username: string,
  password: string,
  browser = new TestBrowser(),
): Promise<Visit> {
  const page = await browser.open((await scene.payroll.request()).url);
  return browser.submit(page, { username, password });
}

const isIn = (page: Visit): boolean => page.body.includes('name="code"');

async function eventsOf(who: Somebody): Promise<string[]> {
  const rows = await scene.server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select(['kind', 'reason'])
    .where('person_id', '=', who.id)
    .execute();
  return rows.map(({ kind, reason }) => (reason === null ? kind : `${kind} ${reason}`));
}

const count = (all: readonly string[], one: string): number =>
  all.filter((each) => each === one).length;

describe('a forgotten password', () => {
  test('is set by a link from the mail: old sessions are over and the code is still asked', async () => {
    const { who, browser } = await scene.signedIn();
    const link = await linkFor(who);
    const done = await set(link, NEW, browser);
    expect(done.url).toContain('/login/');
    const quiet = await scene.payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(quiet.url))['error']).toBe('login_required');

    expect(failureOnPage(await typed(who.username, PASSWORD))?.code).toBe('DB-101');
    const otp = await browser.submit(done, { username: who.username, password: NEW });
    expect(isIn(otp)).toBe(true);
    const account = await browser.submit(otp, { code: who.code() });
    expect(account.body).toContain('Your password is changed.');
    await mailsAbout(scene.server, mailOf(who), /password at Northwind was changed/, 2);
  });

  test('of ten uses of a link at once one counts, and none after it', async () => {
    const who = await scene.somebody();
    const link = await linkFor(who);
    const browser = new TestBrowser();
    const page = await browser.open(link);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const chosen = `${NEW} ${index}`;
        return browser.post(page, { new_password: chosen, repeat_password: chosen });
      }),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9);
    const index = answers.findIndex(({ status }) => status === 303);
    expect(isIn(await typed(who.username, `${NEW} ${index}`))).toBe(true);
    expect(failureOnPage(await browser.open(link))?.code).toBe('DB-506');
    expect(count(await eventsOf(who), 'password.changed')).toBe(2);
  });

  test('a mail scanner that opens the link does not use it up', async () => {
    const who = await scene.somebody();
    const link = await linkFor(who);
    const scanner = new TestBrowser();
    expect((await scanner.request(link, { method: 'HEAD' })).status).toBe(200);
    expect((await scanner.request(link)).status).toBe(200);
    await set(link, NEW);
    expect(isIn(await typed(who.username, NEW))).toBe(true);
  });

  test('a link ends after half an hour, and with the next one', async () => {
    const who = await scene.somebody();
    const old = await linkFor(who);
    await forget(who.username);
    const mails = await mailsAbout(scene.server, mailOf(who), /^New password/, 2);
    const links = mails.flatMap(({ text }) => /http:\S+\/password\/link\/\S+/.exec(text) ?? []);
    const newer = links.find((link) => link !== old) ?? '';
    expect(failureOnPage(await new TestBrowser().open(old))?.code).toBe('DB-506');
    expect((await new TestBrowser().open(newer)).status).toBe(200);
    scene.clock.advance(30 * MINUTE);
    expect(failureOnPage(await new TestBrowser().open(newer))?.code).toBe('DB-506');
  });

  test('nobody learns whether there is such a person', async () => {
    const who = await scene.somebody();
    const known = await forget(who.username);
    const unknown = await forget('no such person');
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
    await mailsAbout(scene.server, mailOf(who), /^New password/);
    expect(await mailsTo(scene.server, 'no such person')).toEqual([]);
  });
});

describe('what may be chosen', () => {
  test('a common one is refused with the reason, and the link still works', async () => {
    const link = await linkFor(await scene.somebody());
    const browser = new TestBrowser();
    const refused = await set(link, 'Password123', browser);
    expect(refused.status).toBe(400);
    expect(failureOnPage(refused)?.code).toBe('DB-503');
    expect(refused.body).not.toContain('Password123');
    const short = await browser.submit(refused, { new_password: 'a1b2c3d', repeat_password: 'x' });
    expect(failureOnPage(short)?.code).toBe('DB-505');
    expect((await set(link, NEW, browser)).url).toContain('/login/');
  });

  test.each([
    ['composed and decomposed signs', 'Blåbärspaj på räls', 'Blåbärspaj på räls'.normalize('NFD')],
    ['ordinary and full-width digits', 'parcel 90210 east', 'parcel ９０２１０ east'],
  ])('%s are the same password', async (_name, chosen, later) => {
    expect(later).not.toBe(chosen);
    const who = await scene.somebody();
    await set(await linkFor(who), chosen);
    expect(isIn(await typed(who.username, later))).toBe(true);
    expect(isIn(await typed(who.username, chosen.toUpperCase()))).toBe(false);
  });

  test('every sign of a long one counts, up to 1024 bytes', async () => {
    const who = await scene.somebody();
    const longest = Array.from({ length: 256 }, (_, index) => ['🍏', '🍐', '🍊'][index % 3]).join(
      '',
    );
    expect(Buffer.byteLength(longest)).toBe(1024);
    const link = await linkFor(who);
    expect(failureOnPage(await set(link, `${longest}!`))?.code).toBe('DB-502');
    await set(link, longest);
    expect(isIn(await typed(who.username, longest))).toBe(true);
    for (const almost of [longest.slice(0, -2), longest.slice(0, 72), `${longest}!`]) {
      expect(failureOnPage(await typed(who.username, almost))?.code).toBe('DB-101');
    }
  });
});

describe('wrong guesses', () => {
  test('of fifty at once, under all names of a person, ten are judged; the lock ends within 15 minutes', async () => {
    const who = await scene.somebody();
    const known = new TestBrowser();
    await signIn(known, (await scene.payroll.request()).url, who);
    await known.submit(await known.open(`${scene.url}/logout`), { logout: 'yes' });
    const names = [
      who.username,
      who.username.toUpperCase(),
      ` ${who.username} `,
      mailOf(who),
      mailOf(who).toUpperCase(),
    ];
    const ready = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const browser = new TestBrowser();
        const page = await browser.open((await scene.payroll.request()).url);
        const username = names[index % names.length] ?? '';
        return () => browser.submit(page, { username, password: `guess ${index}` });
      }),
    );
    const answers = await Promise.all(ready.map((submit) => submit()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    const events = await eventsOf(who);
    expect(count(events, 'sign_in.failed wrong_credentials')).toBe(10);
    expect(count(events, 'password.locked')).toBe(1);

    expect(failureOnPage(await typed(mailOf(who), PASSWORD))?.code).toBe('DB-101');
    const stillIn = await typed(who.username, PASSWORD, known);
    expect(isIn(stillIn)).toBe(true);
    scene.clock.advance(15 * MINUTE);
    expect(isIn(await typed(who.username, PASSWORD))).toBe(true);
  });

  test('from a known browser count apart and lock that alone', async () => {
    const who = await scene.somebody();
    const known = new TestBrowser();
    await signIn(known, (await scene.payroll.request()).url, who);
    await known.submit(await known.open(`${scene.url}/logout`), { logout: 'yes' });
    for (let guess = 0; guess < 10; guess += 1) await typed(who.username, 'not this one', known);
    expect(isIn(await typed(who.username, PASSWORD, known))).toBe(false);
    expect(isIn(await typed(who.username, PASSWORD))).toBe(true);
  });

  test('are forgiven by the right password, but not those of another budget', async () => {
    const who = await scene.somebody();
    for (let round = 0; round < 2; round += 1) {
      for (let guess = 0; guess < 9; guess += 1) await typed(who.username, 'not this one');
      expect(isIn(await typed(who.username, PASSWORD))).toBe(true);
    }
    const third = await typed(who.username, 'not this one');
    expect(failureOnPage(third)?.code).toBe('DB-101');
    expect(await eventsOf(who)).not.toContain('password.locked');
  });

  test('are answered alike for known, unknown, locked and disabled people and those without a password', async () => {
    const { people } = scene.server.drawbridge.parts;
    const names = { known: 'known-1', locked: 'lock--1', disabled: 'disab-1', none: 'nopas-1' };
    for (const username of Object.values(names)) {
      await people.add({ username, name: username });
    }
    const { directory, passwords } = scene.server.drawbridge.parts;
    for (const username of [names.known, names.locked, names.disabled]) {
      const person = await directory.findByAlias(username);
      if (person !== null) await passwords.setPassword(person, PASSWORD);
    }
    const disabled = await directory.findByAlias(names.disabled);
    if (disabled !== null) await people.disable(disabled.id);
    for (let guess = 0; guess < 10; guess += 1) await typed(names.locked, 'not this one');

    const answers = [];
    for (const username of [...Object.values(names), 'nobody1']) {
      answers.push(asSeen(await typed(username, 'not this one'), username));
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

/** Everything of an answer that does not differ from one sign-in to the next anyway. */
function asSeen({ status, headers, body, url }: Visit, username: string) {
  const id = url.split('/').at(-1) ?? '';
  const kept = [...headers].filter(([name]) => name !== 'date');
  return {
    status,
    headers: Object.fromEntries(kept),
    length: body.length,
    body: body
      .replaceAll(username, 'USERNAME')
      .replaceAll(id, 'SIGN-IN')
      .replace(/name="csrf" value="[^"]*"/, 'CSRF')
      .replace(/[0-9A-Z]{5}-[0-9A-Z]{5}/, 'REFERENCE'),
  };
}
