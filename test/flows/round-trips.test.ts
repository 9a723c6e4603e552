import { beforeAll, describe, expect, test } from '@jest/globals';
import { countSamlSignIns } from '../support/count-saml-sign-ins.js';
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
  let saml: CountedSignIns;

  beforeAll(async () => {
    counted = await onFreshStores((stores) => countSignIns(stores, RUNS));
    saml = await onFreshStores((stores) => countSamlSignIns(stores, RUNS));
  }, 240_000);

  test('a first sign-in takes 20 at most', () => {
    expectWithin(counted.first, 20);
  });

  test('a repeat sign-in takes 12 at most', () => {
    expectWithin(counted.repeat, 12);
  });

  test('a first sign-in by SAML takes 16 at most', () => {
    expectWithin(saml.first, 16);
  });

  test('a repeat sign-in by SAML takes 8 at most', () => {
    expectWithin(saml.repeat, 8);
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

async function onFreshStores(
  count: (stores: { redis: string; postgres: string }) => Promise<CountedSignIns>,
): Promise<CountedSignIns> {
  const sql = await freshPostgresDatabase();
  try {
    const postgres = 'url' in sql.options ? sql.options.url : '';
    return await count({ redis: freshRedis().url, postgres });
  } finally {
    await sql.remove();
  }
}

/** The least of several runs: a connection that was opened anew, or a rare poll, is not the sign-in's. */
function expectWithin(runs: readonly { trips: RoundTrip[] }[], most: number): void {
  const least = runs.map(({ trips }) => trips).sort((a, b) => a.length - b.length)[0] ?? [];
  if (least.length > most) {
    throw new Error(`${least.length} round trips, not ${most}:\n${describeTrips(least)}`);
  }
  expect(least.length).toBeGreaterThan(0);
}
