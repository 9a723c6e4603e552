import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { startCountedPair, type CountedPair } from '../support/counted-pair.js';
import { OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import {
  freshPostgresDatabase,
  freshRedis,
  type FreshSql,
} from '../support/services/fresh-stores.js';
import type { RoundTrip } from '../support/socket-proxy.js';
import { oidcParty } from '../support/start-server.js';
import { describeTrips } from '../support/trip-counter.js';

const RUNS = 5;
const installed =
  process.env.DRAWBRIDGE_TEST_REDIS_URL !== undefined &&
  process.env.DRAWBRIDGE_TEST_POSTGRES_URL !== undefined;

(installed ? describe : describe.skip)('round trips to Redis and PostgreSQL', () => {
  let sql: FreshSql;
  let pair: CountedPair;
  let payroll: OidcClient;
  const first: RoundTrip[][] = [];
  const repeat: RoundTrip[][] = [];

  beforeAll(async () => {
    sql = await freshPostgresDatabase();
    const postgres = 'url' in sql.options ? sql.options.url : '';
    pair = await startCountedPair({ redis: freshRedis().url, postgres }, [
      oidcParty('payroll', {}),
    ]);
    payroll = await OidcClient.discover(pair.url, 'payroll');
    const newcomer = async (name: string) => ({
      username: name,
      ...(await addPerson(pair.first, name)),
    });
    // Connections, scripts, the first hash: what a server pays once and not per sign-in. Both servers pay.
    for (const name of ['warm1', 'warm2', 'warm3'])
      await once(new TestBrowser(), await newcomer(name));
    const people = [];
    for (let run = 0; run < RUNS; run += 1) people.push(await newcomer(`person${run}`));
    await once(new TestBrowser(), await newcomer('warm4'));
    await pair.counter.learnPollers();
    for (const person of people) {
      const browser = new TestBrowser();
      first.push((await pair.counter.during(() => once(browser, person))).trips);
      repeat.push((await pair.counter.during(() => again(browser))).trips);
    }
  }, 120_000);
  afterAll(async () => {
    await pair?.close();
    await sql?.remove();
  });

  async function once(
    browser: TestBrowser,
    person: { username: string; code: () => string },
  ): Promise<void> {
    const request = await payroll.request();
    const tokens = await payroll.redeem(request, await signIn(browser, request.url, person));
    expect(tokens.claims()?.['amr']).toEqual(['pwd', 'otp', 'mfa']);
  }

  async function again(browser: TestBrowser): Promise<void> {
    const request = await payroll.request();
    const tokens = await payroll.redeem(request, await browser.open(request.url));
    expect(tokens.id_token).toBeDefined();
  }

  test('a first sign-in takes 20 at most', () => {
    expectWithin(first, 20);
  });

  test('a repeat sign-in takes 12 at most', () => {
    expectWithin(repeat, 12);
  });

  test('both servers had their part in every sign-in, so nothing of one lives in the memory of a server', () => {
    const [one = 0, other = 0] = pair.served;
    expect(Math.abs(one - other)).toBeLessThanOrEqual(1);
    expect(one).toBeGreaterThan(RUNS * 4);
  });

  test('what is left out is polling and touches nobody', () => {
    for (const command of pair.counter.pollerCommands) {
      expect(command).not.toMatch(/^Redis|people|oidc|passwords|otp/);
    }
  });
});

if (!installed) process.stdout.write('Not tested: round trips, for want of Redis or PostgreSQL.\n');

/** The least of several runs: a connection that was opened anew, or a rare poll, is not the sign-in's. */
function expectWithin(runs: readonly RoundTrip[][], most: number): void {
  const least = [...runs].sort((a, b) => a.length - b.length)[0] ?? [];
  if (least.length > most) {
    throw new Error(`${least.length} round trips, not ${most}:\n${describeTrips(least)}`);
  }
  expect(least.length).toBeGreaterThan(0);
}
