import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import type { FactorVerdict } from '../../src/factors/factor.js';
import { createOtpFactor, type OtpFactor } from '../../src/factors/otp/create-otp-factor.js';
import { createOtpSecretsImport } from '../../src/factors/otp/import-otp-secrets.js';
import { codeAt, toBase32 } from '../../src/factors/otp/oath.js';
import { systemRandom } from '../../src/kernel/random.js';
import { durableParts, fiftyAtOnce, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const lockout = { attempts: 5, durationMs: 15 * 60_000 };
const context = { clientAddress: '192.0.2.1', relyingParty: 'payroll' };
const count = (verdicts: readonly FactorVerdict[], what: string) =>
  verdicts.filter((v) => (v.kind === 'accepted' ? 'accepted' : v.reason) === what).length;

describe.each(sqlAdapters)('codes that count presses on $name', (adapter) => {
  let parts: DurableParts;
  let factors: readonly [OtpFactor, OtpFactor];
  let person: Person;
  beforeAll(async () => {
    parts = await durableParts(adapter);
    const [a, b] = parts.nodes;
    factors = [createOtpFactor({ ...a, lockout }), createOtpFactor({ ...b, lockout })];
  });
  afterAll(() => parts.remove());
  beforeEach(async () => {
    person = await parts.addPerson();
  });

  async function device(counter = '0'): Promise<(press: number) => string> {
    const [node] = parts.nodes;
    const secret = systemRandom.bytes(20);
    const fields = { hotpSecret: toBase32(secret), hotpCounter: counter };
    const importing = createOtpSecretsImport(node);
    const added = await node.database.transaction((tx) => importing(tx, person.id, fields));
    expect(added).toBe(1);
    return (press) => codeAt(secret, press, { algorithm: 'SHA1', digits: 6 });
  }
  const answer = (code: string, factor = factors[0]) =>
    factor.answer(person, {}, { code }, context);
  const two = (first: string, next: string, factor = factors[0]) =>
    factor.answer(person, {}, { first_code: first, next_code: next }, context);
  const row = () =>
    parts.nodes[0].database.db
      .selectFrom('otp_credentials')
      .selectAll()
      .where('person_id', '=', person.id)
      .executeTakeFirstOrThrow();

  test('the codes of RFC 4226 appendix D, in their order, each once', async () => {
    const [node] = parts.nodes;
    const hotpSecret = toBase32(Buffer.from('12345678901234567890'));
    const importing = createOtpSecretsImport(node);
    await node.database.transaction((tx) => importing(tx, person.id, { hotpSecret }));
    const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922'];
    for (const code of codes) {
      expect((await answer(code)).kind).toBe('accepted');
      expect(await answer(code, factors[1])).toMatchObject({ reason: 'code_already_used' });
    }
    expect(await row()).toMatchObject({ kind: 'hotp', last_step: 6, failures: 0, drift: 0 });
  });

  test('one code used by fifty at once, on two nodes, is accepted once', async () => {
    const code = await device('7');
    const verdicts = await fiftyAtOnce(factors, (factor) => answer(code(7), factor));
    expect(count(verdicts, 'accepted')).toBe(1);
    expect(count(verdicts, 'wrong_code')).toBe(0);
    expect(await row()).toMatchObject({ last_step: 7, failures: 0 });
  });

  test('ten presses in vain are looked past, eleven are not', async () => {
    const code = await device();
    expect(await answer(code(11))).toMatchObject({ reason: 'wrong_code' });
    expect((await answer(code(10))).kind).toBe('accepted');
    expect((await answer(code(21))).kind).toBe('accepted');
  });

  test('no earlier code is ever taken, neither alone nor by two', async () => {
    const code = await device('40');
    expect((await answer(code(45))).kind).toBe('accepted');
    for (const press of [44, 43, 40, 39]) {
      expect(await answer(code(press))).toMatchObject({ reason: 'wrong_code' });
    }
    expect((await answer(code(46))).kind).toBe('accepted');
    expect(await two(code(44), code(45))).toMatchObject({ reason: 'wrong_code' });
    expect(await two(code(46), code(47))).toMatchObject({ reason: 'wrong_code' });
    expect(await row()).toMatchObject({ last_step: 46 });
  });

  test('time changes nothing', async () => {
    const code = await device();
    parts.clock.advance(365 * 86_400_000);
    expect((await answer(code(0))).kind).toBe('accepted');
    expect(await row()).toMatchObject({ drift: 0, drift_run: 0 });
  });

  test('two codes in a row find a device that is a hundred presses ahead, once', async () => {
    const code = await device();
    expect(await answer(code(80))).toMatchObject({ reason: 'wrong_code' });
    const verdicts = await fiftyAtOnce(factors, (factor) => two(code(80), code(81), factor));
    expect(count(verdicts, 'accepted')).toBe(1);
    expect(await row()).toMatchObject({ last_step: 81 });
    expect((await answer(code(82))).kind).toBe('accepted');
    expect(await two(code(184), code(185))).toMatchObject({ reason: 'wrong_code' });
    expect(await parts.auditKinds(person)).toContain('factor.resynchronised');
  });

  test('codes of other lengths, by a link that says so', async () => {
    const [node] = parts.nodes;
    const secret = systemRandom.bytes(32);
    const otpUri = `otpauth://hotp/Acme:anna?secret=${toBase32(secret)}&algorithm=SHA256&digits=8&counter=3`;
    const importing = createOtpSecretsImport(node);
    const run = () => node.database.transaction((tx) => importing(tx, person.id, { otpUri }));
    expect(await run()).toBe(1);
    const code = codeAt(secret, 3, { algorithm: 'SHA256', digits: 8 });
    expect((await answer(code)).kind).toBe('accepted');
    // The file is older than the device by now; its counter must not bring used codes back.
    expect(await run()).toBe(0);
    expect(await answer(code)).toMatchObject({ reason: 'code_already_used' });
  });
});
