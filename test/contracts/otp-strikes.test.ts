import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OtpCredentialStore } from '../../src/factors/otp/credential-store.js';
import { createTotpImport } from '../support/factors/import-totp.js';
import { toBase32 } from '../../src/factors/otp/oath.js';
import { RecoveryCodeStore } from '../../src/factors/recovery-codes/recovery-code-store.js';
import { systemRandom } from '../../src/kernel/random.js';
import { durableParts } from '../support/factors/durable-parts.js';
import type { DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const lockout = { attempts: 5, durationMs: 60_000 };

/**
 * A strike that is taken back late, after a right code has forgiven everything: the strikes counted since then must
 * stay. The clock stands still throughout, so that only the runs tell the attempts apart.
 */
describe.each(sqlAdapters)('strikes taken back late on $name', (adapter) => {
  let parts: DurableParts;
  beforeAll(async () => {
    parts = await durableParts(adapter);
  });
  afterAll(() => parts.remove());

  test('of one-time codes', async () => {
    const [node] = parts.nodes;
    const { database, clock } = node;
    const person = await parts.addPerson();
    const imported = createTotpImport(node);
    for (let device = 0; device < 2; device += 1) {
      const base32 = toBase32(systemRandom.bytes(20));
      await database.transaction((tx) => imported(tx, person.id, base32));
    }
    const store = new OtpCredentialStore(database, node.sealer, lockout);
    const now = clock.now();
    const failures = async () => {
      const rows = await database.db
        .selectFrom('otp_credentials')
        .select('failures')
        .where('person_id', '=', person.id)
        .execute();
      return rows.map((row) => row.failures);
    };

    const late = await store.reserve(person, now);
    const right = await store.reserve(person, now);
    const learnt = { drift: 0, run: 0 };
    const used = { id: right[0]!.id, step: 1, learnt };
    expect(await store.accept(person, right, used, now)).toBe(true);
    await store.reserve(person, now);
    await store.takeBack(person.id, late);
    expect(await failures()).toEqual([1, 1]);

    const ofThisRun = await store.reserve(person, now);
    await store.takeBack(person.id, ofThisRun);
    expect(await failures()).toEqual([1, 1]);
  });

  test('of recovery codes', async () => {
    const { database, clock } = parts.nodes[0];
    const person = await parts.addPerson();
    const store = new RecoveryCodeStore(database, lockout);
    const now = clock.now();
    const code = { lookup: 'AA', codeHash: 'hash' };
    await database.transaction((tx) => store.replace(tx, person.id, [code], now));
    const failures = async () => {
      const set = await database.db
        .selectFrom('recovery_code_sets')
        .select('failures')
        .where('person_id', '=', person.id)
        .executeTakeFirstOrThrow();
      return set.failures;
    };

    const late = await store.reserve(person, 'AA', now);
    const left = await database.transaction((tx) => store.consume(tx, person, code, now));
    expect(left).toBe(0);
    await store.reserve(person, 'AA', now);
    await store.takeBack(person.id, late!.run);
    expect(await failures()).toBe(1);
    const ofThisRun = await store.reserve(person, 'AA', now);
    await store.takeBack(person.id, ofThisRun!.run);
    expect(await failures()).toBe(1);
  });
});
