import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser, type Visit } from '../support/browser.js';
import { importPeople, type ImportedPerson } from '../support/imported-people.js';
import { CALLBACK, OidcClient } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { install, type Installation, type ServerProcess } from '../support/server-process.js';
import { freePort } from '../support/services/child-server.js';
import { until } from '../support/services/until.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROUNDS = 5;
const PER_ROUND = 4;
const folder = temporaryFolder();
let installation: Installation;
let server: ServerProcess;
let people: ImportedPerson[];

/** The server on its embedded database, as somebody without Redis and PostgreSQL runs it. */
beforeAll(async () => {
  installation = await install(folder.path);
  const names = Array.from({ length: ROUNDS * PER_ROUND }, (_, n) => `person${n}`);
  people = await importPeople(installation, folder.path, names);
  server = installation.start();
  await server.ready();
}, 60_000);
afterAll(() => server.kill('SIGKILL'));

describe('one database file', () => {
  test('a second server does not start, and says who has the file', async () => {
    const second = installation.start({ PORT: `${await freePort()}` });
    expect(await second.ended).toBe(1);
    expect(second.stderr()).toContain(`process ${server.pid}`);
    expect((await fetch(`${installation.url}/health/ready`)).status).toBe(200);
  });

  test('commands work beside the server', async () => {
    const { code, stdout } = await installation.command('person', 'list');
    expect(code).toBe(0);
    expect(stdout).toContain('person0');
  });
});

describe('kill -9 while people sign in', () => {
  /** Codes that were accepted, as the browser saw it: the way on led back to the service. */
  const accepted: { who: ImportedPerson; typed: string }[] = [];

  async function signIn(who: ImportedPerson): Promise<void> {
    const payroll = await OidcClient.discover(installation.url, 'payroll');
    const otp = await atTheCode(payroll, new TestBrowser(), who);
    const typed = who.code();
    const answer = await otp(typed);
    if (answer.status === 303) accepted.push({ who, typed });
  }

  async function atTheCode(payroll: OidcClient, browser: TestBrowser, who: ImportedPerson) {
    const page = await browser.open((await payroll.request()).url);
    const otp = await browser.submit(page, { username: who.username, password: PASSWORD });
    return (code: string): Promise<Visit> => browser.post(otp, { code });
  }

  test('every code that was accepted before is used up afterwards', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const group = people.slice(round * PER_ROUND, (round + 1) * PER_ROUND);
      const signingIn = Promise.allSettled(group.map(signIn));
      // After the first in one round, after the second in the next: the others are wherever they happen to be.
      const enough = accepted.length + (round % PER_ROUND);
      await Promise.race([signingIn, until(async () => accepted.length > enough)]);
      await server.kill('SIGKILL');
      await signingIn;
      server = installation.start();
      await server.ready();
      await allUsedUp(group);
    }
    expect(accepted.length).toBeGreaterThan(0);
  }, 60_000);

  async function allUsedUp(group: readonly ImportedPerson[]): Promise<void> {
    const payroll = await OidcClient.discover(installation.url, 'payroll');
    for (const { who, typed } of accepted.filter((row) => group.includes(row.who))) {
      const otp = await atTheCode(payroll, new TestBrowser(), who);
      expect((await otp(typed)).body).toContain('That code was used already');
    }
  }

  test('everybody gets in afterwards, and the audit log holds together', async () => {
    const payroll = await OidcClient.discover(installation.url, 'payroll');
    const unused = people.filter(({ username }) =>
      accepted.every(({ who }) => who.username !== username),
    );
    for (const who of [...unused, ...accepted.map((row) => row.who)].slice(0, PER_ROUND)) {
      const browser = new TestBrowser();
      const otp = await atTheCode(payroll, browser, who);
      const first = await otp(who.code());
      const done = first.status === 303 ? first : await otp(who.code(1));
      expect((await browser.follow(done)).location).toContain(CALLBACK);
    }
    expect(await server.kill('SIGTERM')).toBe(0);
    const verified = await installation.command('audit', 'verify');
    expect(verified).toMatchObject({ code: 0 });
  });
});
