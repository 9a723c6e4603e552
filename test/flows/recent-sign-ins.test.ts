import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { mailsAbout } from '../support/mailbox.js';
import { ManualClock } from '../support/manual-clock.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { upToPhone } from '../support/phones.js';
import { oidcParty, startTestServer, testConfiguration } from '../support/start-server.js';
import type { TestServer } from '../support/start-server.js';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const clock = new ManualClock(Date.now());
let server: TestServer;
let payroll: OidcClient;
beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [oidcParty('payroll', {}, { name: 'Payroll' })],
    processes: 1,
    clock,
    configuration: (url) => ({
      adminMail: 'help@example.org',
      authenticator: {
        ...testConfiguration(url, 0, '').authenticator,
        places: [{ name: 'Head office', networks: ['127.0.0.0/8'] }],
      },
    }),
  });
  payroll = await OidcClient.discover(server.url, 'payroll');
});
afterAll(() => server.close());

const withFirefox = () => new TestBrowser({ headers: { 'user-agent': firefox } });

async function somebody(username: string): Promise<{ person: Person; code: () => string }> {
  const { person, code } = await addPerson(server.drawbridge, username);
  return {
    person,
    code: () => {
      clock.advance(30_000);
      return code();
    },
  };
}

const idsOf = (page: Visit): string[] =>
  [...page.body.matchAll(/name="sign_in" value="([^"]+)"/g)].map(([, id]) => id!);

/** Somebody who has the password, and types one wrong code. */
async function tryCode(username: string): Promise<{ stranger: TestBrowser; again: Visit }> {
  const stranger = new TestBrowser();
  const asked = await upToPhone(stranger, (await payroll.request()).url, username);
  return { stranger, again: await stranger.submit(asked, { code: '000000' }) };
}

const rowsOf = (page: Visit): string[] =>
  page.body
    .slice(page.body.indexOf('id="sign-ins"'))
    .split('<li>')
    .slice(1)
    .map((row) => row.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '));

test('lists when, where to, from where, in which browser and with what', async () => {
  const { person, code } = await somebody('maja');
  const who = { username: 'maja', code };
  await signIn(withFirefox(), (await payroll.request()).url, who);
  const page = await signIn(withFirefox(), `${server.url}/account`, who);
  const rows = rowsOf(page);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toContain('Your account');
  expect(rows[1]).toMatch(/Payroll .*· Head office · Firefox, Linux Password \+ Authenticator app/);
  expect(page.body).not.toContain(firefox);
  expect(person.username).toBe('maja');
});

test('tells of a right password without the second step once for each try, and not of wrong passwords', async () => {
  const { person, code } = await somebody('nils');
  const stranger = new TestBrowser();
  const asked = await upToPhone(stranger, (await payroll.request()).url, 'nils');
  const again = await stranger.submit(asked, { code: '000000' });
  await stranger.submit(again, { code: '000001' });
  const guesser = new TestBrowser();
  const first = await guesser.open((await payroll.request()).url);
  await guesser.submit(first, { username: 'nils', password: 'a guess' });
  const page = await signIn(new TestBrowser(), `${server.url}/account`, { username: 'nils', code });
  const rows = rowsOf(page);
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatch(/Payroll refused .*That code is not right/);
  expect(person.username).toBe('nils');
});

test('forgets what is older than thirty days, and shows ten at most', async () => {
  const { code } = await somebody('olga');
  const who = { username: 'olga', code };
  for (let time = 0; time < 11; time += 1) {
    await signIn(new TestBrowser(), (await payroll.request()).url, who);
  }
  const page = await signIn(new TestBrowser(), `${server.url}/account`, who);
  expect(rowsOf(page)).toHaveLength(10);
  clock.advance(31 * 24 * 3_600_000);
  const later = await signIn(new TestBrowser(), `${server.url}/account`, who);
  expect(rowsOf(later)).toHaveLength(1);
});

test('“This wasn’t me” ends everything, demands a new password, and tells person and help desk', async () => {
  const { person, code } = await somebody('pia');
  const who = { username: 'pia', code };
  const stranger = withFirefox();
  await signIn(stranger, (await payroll.request()).url, who);
  const own = new TestBrowser();
  const home = await signIn(own, `${server.url}/account`, who);
  const ids = idsOf(home);
  const out = await own.submit(home, { sign_in: ids[1]! }, '/account/sign-ins/disown');
  expect(out.body).toContain('all browsers have ended');

  const quiet = await payroll.request({ prompt: 'none' });
  expect(answerOf(await stranger.open(quiet.url))['error']).toBe('login_required');
  expect((await own.open(`${server.url}/account`)).body).toContain('name="password"');
  const asked = await upToPhone(new TestBrowser(), (await payroll.request()).url, 'pia');
  expect(asked.body).toContain('name="code"');
  const next = await signIn(new TestBrowser(), (await payroll.request()).url, who);
  expect(next.body).toContain('name="new_password"');

  const [mail] = await mailsAbout(server, person.mail!, /reported a sign-in/);
  expect(mail?.text).toContain('Payroll from Head office');
  const [told] = await mailsAbout(server, 'help@example.org', /sign_in_disowned/);
  expect(told?.text).toContain(ids[1]!);
  const rows = await server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select(['kind', 'data'])
    .where('person_id', '=', person.id)
    .where('kind', '=', 'sign_in.disowned')
    .execute();
  expect(JSON.parse(rows[0]!.data)).toMatchObject({ by: 'person', reference: ids[1] });
});

test('“This wasn’t me” counts also when the sign-in has gone on since the page was shown', async () => {
  const { person, code } = await somebody('tyra');
  const { stranger, again } = await tryCode('tyra');
  const own = new TestBrowser();
  const home = await signIn(own, `${server.url}/account`, { username: 'tyra', code });
  await stranger.submit(again, { code: '000001' });
  const out = await own.submit(home, { sign_in: idsOf(home)[1]! }, '/account/sign-ins/disown');
  expect(out.body).toContain('all browsers have ended');
  const disowned = await server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select('data')
    .where('person_id', '=', person.id)
    .where('kind', '=', 'sign_in.disowned')
    .execute();
  expect(disowned).toHaveLength(1);
});

test('a sign-in that got through is not pushed out by refusals, which are told once for a service and address', async () => {
  const { code } = await somebody('ulla');
  const who = { username: 'ulla', code };
  await signIn(new TestBrowser(), (await payroll.request()).url, who);
  for (let time = 0; time < 11; time += 1) {
    clock.advance(60_000);
    await tryCode('ulla');
  }
  clock.advance(3_600_000);
  const page = await signIn(new TestBrowser(), `${server.url}/account`, who);
  const rows = rowsOf(page);
  expect(rows).toHaveLength(3);
  expect(rows[1]).toContain('refused');
  expect(rows[2]).toMatch(/Payroll .*Password \+ Authenticator app/);
});

test('when the help desk cannot be told, nothing has happened', async () => {
  const { person, code } = await somebody('vera');
  // Then the help desk's mail is the only one.
  await server.drawbridge.parts.people.update(person.id, { mail: null });
  const own = new TestBrowser();
  const home = await signIn(own, `${server.url}/account`, { username: 'vera', code });
  const { db } = server.drawbridge.base.database;
  await sql`create trigger no_mail before insert on jobs when new.kind = 'mail'
    begin select raise(abort, 'no mail'); end`.execute(db);
  const failed = await own
    .submit(home, { sign_in: idsOf(home)[0]! }, '/account/sign-ins/disown')
    .finally(() => sql`drop trigger no_mail`.execute(db));
  expect(failed.status).toBe(500);
  const found = await server.drawbridge.parts.directory.find(person.id);
  expect(found?.epoch).toBe(person.epoch);
});

test('somebody else’s sign-in cannot be disowned, and nothing happens to either', async () => {
  const [ragna, sten] = [await somebody('ragna'), await somebody('sten')];
  const hers = new TestBrowser();
  const page = await signIn(hers, `${server.url}/account`, {
    username: 'ragna',
    code: ragna.code,
  });
  const [, reference] = /name="sign_in" value="([^"]+)"/.exec(page.body)!;
  const his = new TestBrowser();
  const home = await signIn(his, `${server.url}/account`, { username: 'sten', code: sten.code });
  const after = await his.submit(home, { sign_in: reference! }, '/account/sign-ins/disown');
  expect([after.status, after.body.includes('DB-309')]).toEqual([400, true]);
  expect(after.body).toContain('Person sten');
  expect((await hers.open(`${server.url}/account`)).body).toContain('Person ragna');
});

test('it needs a proof of the last minutes', async () => {
  const { code } = await somebody('tove');
  const browser = new TestBrowser();
  const home = await signIn(browser, `${server.url}/account`, { username: 'tove', code });
  const [, reference] = /name="sign_in" value="([^"]+)"/.exec(home.body)!;
  clock.advance(16 * 60_000);
  const asked = await browser.submit(home, { sign_in: reference! }, '/account/sign-ins/disown');
  expect(asked.body).toContain('name="password"');
  const back = await browser.submit(asked, { username: 'tove', password: PASSWORD });
  const arrived = await browser.submit(back, { code: code() });
  expect(arrived.body).toContain('Person tove');
});
