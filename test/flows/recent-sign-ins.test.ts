import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
  const ids = [...home.body.matchAll(/name="sign_in" value="([^"]+)"/g)].map(([, id]) => id!);
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
  expect(after.url).toBe(`${server.url}/account`);
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
