import { beforeAll, describe, expect, test } from '@jest/globals';
import { countSignIns, type CountedSignIns } from '../support/count-sign-ins.js';
import { freshPostgresDatabase, freshRedis } from '../support/services/fresh-stores.js';
import type { RoundTrip } from '../support/socket-proxy.js';
import { describeTrips } from '../support/trip-counter.js';

const RUNS = 5;
const installed =
  process.env.DRAWBRIDGE_TEST_REDIS_URL !== undefined &&
  process.env.DRAWBRIDGE_TEST_POSTGRES_URL !== undefined;
if (!installed) process.stdout.write('Not tested: round trips, for want of Redis or PostgreSQL.\n');

(installed ? describe : describe.skip)('round trips to Redis and PostgreSQL', () => {
  let counted: CountedSignIns;

  beforeAll(async () => {
    const sql = await freshPostgresDatabase();
    const postgres = 'url' in sql.options ? sql.options.url : '';
    try {
      counted = await countSignIns({ redis: freshRedis().url, postgres }, RUNS);
    } finally {
      await sql.remove();
    }
  }, 120_000);

  test('a first sign-in takes 20 at most', () => {
    expectWithin(counted.first, 20);
  });

  test('a repeat sign-in takes 12 at most', () => {
    expectWithin(counted.repeat, 12);
  });

  test('two servers took turns within every sign-in, so none needs what the other remembers', () => {
    const [one = 0, other = 0] = counted.served;
    expect(Math.abs(one - other)).toBeLessThanOrEqual(1);
    expect(one).toBeGreaterThan(RUNS * 4);
  });

  test('what is left out is polling and touches nobody', () => {
    expect(counted.pollerCommands.length).toBeGreaterThan(0);
    for (const command of counted.pollerCommands) {
      expect(command).not.toMatch(/^Redis|people|oidc|password|otp/);
    }
  });
});

/** The least of several runs: a connection that was opened anew, or a rare poll, is not the sign-in's. */
function expectWithin(runs: readonly { trips: RoundTrip[] }[], most: number): void {
  const least = runs.map(({ trips }) => trips).sort((a, b) => a.length - b.length)[0] ?? [];
  if (least.length > most) {
    throw new Error(`${least.length} round trips, not ${most}:\n${describeTrips(least)}`);
  }
  expect(least.length).toBeGreaterThan(0);
}
