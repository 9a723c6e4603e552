import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { createOtpFactor, type OtpFactor } from '../../src/factors/otp/create-otp-factor.js';
import { createTotpImport } from '../support/factors/import-totp.js';
import { codeAt, fromBase32, stepAt, toBase32 } from '../../src/factors/otp/oath.js';
import { createSecondFactors } from '../../src/factors/second-factors.js';
import { systemRandom } from '../../src/kernel/random.js';
import { durableParts, fiftyAtOnce, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const lockout = { attempts: 7, durationMs: 15 * 60_000 };
const context = { clientAddress: '192.0.2.1', relyingParty: 'payroll' };
const parameters = { algorithm: 'SHA1', digits: 6 };

describe.each(sqlAdapters)('a hundred wrong codes in a row on $name', (adapter) => {
  let parts: DurableParts;
  let factors: readonly [OtpFactor, OtpFactor];
  let person: Person;
  let secret: Buffer;
  beforeAll(async () => {
    parts = await durableParts(adapter);
    const [a, b] = parts.nodes;
    factors = [createOtpFactor({ ...a, lockout }), createOtpFactor({ ...b, lockout })];
  });
  afterAll(() => parts.remove());
  beforeEach(async () => {
    person = await parts.addPerson();
    secret = systemRandom.bytes(20);
    const [node] = parts.nodes;
    const importing = createTotpImport(node);
    await node.database.transaction((tx) => importing(tx, person.id, toBase32(secret)));
    await node.database.transaction((tx) =>
      importing(tx, person.id, toBase32(systemRandom.bytes(20))),
    );
  });

  const right = (offset = 0) => codeAt(secret, stepAt(parts.clock.now(), 30) + offset, parameters);
  const answer = (code: string, factor = factors[0]) =>
    factor.answer(person, {}, { code }, context);
  const rows = () =>
    parts.nodes[0].database.db
      .selectFrom('otp_credentials')
      .select(['failures_total', 'failures'])
      .where('person_id', '=', person.id)
      .execute();

  /** Guesses in bursts, each longer than what one lock lets through, until nothing is judged any more. */
  async function guess(): Promise<string[]> {
    const reasons: string[] = [];
    for (let burst = 0; burst < 20; burst += 1) {
      const verdicts = await fiftyAtOnce(factors, (factor) => answer('1234567', factor));
      reasons.push(
        ...verdicts.map((verdict) => (verdict.kind === 'refused' ? verdict.reason : '')),
      );
      parts.clock.advance(lockout.durationMs + 1);
    }
    return reasons;
  }

  test('are the last, over all locks and nodes; waiting does not open it, the help desk does', async () => {
    const reasons = await guess();
    const judged = reasons.filter((reason) => reason === 'wrong_code').length;
    // Fourteen locks of seven are told as locks by the attempt that reached each, and so is the hundredth.
    expect(judged).toBe(100 - 15);
    expect(reasons.at(-1)).toBe('factor_locked_for_good');
    expect(await rows()).toEqual([
      expect.objectContaining({ failures_total: 100 }),
      expect.objectContaining({ failures_total: 100 }),
    ]);
    parts.clock.advance(365 * 86_400_000);
    expect(await answer(right())).toMatchObject({ reason: 'factor_locked_for_good' });
    const two = { first_code: right(), next_code: right(1) };
    expect(await factors[0].answer(person, {}, two, context)).toMatchObject({
      reason: 'factor_locked_for_good',
    });
    expect(await factors[0].lock(person)).toMatchObject({ forGood: true });

    const [node] = parts.nodes;
    const desk = createSecondFactors(node);
    expect((await desk.overview(person)).apps[0]?.lock).toMatchObject({ forGood: true });
    await node.database.transaction((tx) => desk.unlock(tx, person));
    expect((await answer(right())).kind).toBe('accepted');
    expect(await rows()).toEqual([
      { failures_total: 0, failures: 0 },
      { failures_total: 0, failures: 0 },
    ]);
  });

  test('are opened by whoever proved another factor: by hand, or by adding a device', async () => {
    await guess();
    await factors[1].unlock(person, context);
    expect((await answer(right())).kind).toBe('accepted');
    expect(await parts.auditKinds(person)).toContain('factor.unlocked');

    await guess();
    const { state, view } = await factors[0].enrolment.begin(person, 'Acme', context);
    const added = fromBase32(String(view.model['secret']));
    const code = codeAt(added, stepAt(parts.clock.now(), 30), parameters);
    await factors[0].enrolment.complete(person, state, { code }, context);
    expect((await answer(right(1))).kind).toBe('accepted');
  });

  test('must be in a row: a right one in between begins anew', async () => {
    for (let round = 0; round < 20; round += 1) {
      for (let wrong = 0; wrong < 6; wrong += 1) await answer('1234567');
      expect((await answer(right())).kind).toBe('accepted');
      parts.clock.advance(30_000);
    }
    expect((await rows())[0]).toEqual({ failures_total: 0, failures: 0 });
  });
});
