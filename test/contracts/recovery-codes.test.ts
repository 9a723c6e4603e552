import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { createPasswordHashing } from '../../src/directory/passwords/password-hashing.js';
import { parseStoredHash } from '../../src/directory/passwords/stored-hash.js';
import type { FactorVerdict } from '../../src/factors/factor.js';
import { createRecoveryCodeFactor } from '../../src/factors/recovery-codes/create-recovery-code-factor.js';
import type {
  RecoveryCodeFactor,
  SlowHash,
} from '../../src/factors/recovery-codes/create-recovery-code-factor.js';
import { Overloaded } from '../../src/kernel/errors.js';
import { durableParts, fiftyAtOnce } from '../support/factors/durable-parts.js';
import type { DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const lockout = { attempts: 5, durationMs: 15 * 60_000 };
const context = { clientAddress: '192.0.2.1', relyingParty: 'payroll' };

/** The product's own hashing at a small cost, counting calls; `full` plays a queue without room. */
function countingHasher(): SlowHash & { verified: number; full: boolean } {
  const hashing = createPasswordHashing({ memoryKiB: 64, passes: 1, lanes: 1 });
  const hasher = {
    verified: 0,
    full: false,
    hash: (text: string) => hashing.hash(text),
    async verify(phc: string, text: string) {
      if (hasher.full) throw new Overloaded('hashing');
      hasher.verified += 1;
      return hashing.verify(parseStoredHash(phc), text);
    },
  };
  return hasher;
}

const count = (verdicts: readonly FactorVerdict[], what: string) =>
  verdicts.filter((v) => (v.kind === 'accepted' ? 'accepted' : v.reason) === what).length;

describe.each(sqlAdapters)('recovery codes on $name', (adapter) => {
  const hasher = countingHasher();
  let parts: DurableParts;
  let factors: readonly [RecoveryCodeFactor, RecoveryCodeFactor];
  let person: Person;
  beforeAll(async () => {
    parts = await durableParts(adapter);
    const [a, b] = parts.nodes;
    factors = [
      createRecoveryCodeFactor({ ...a, hasher, lockout }),
      createRecoveryCodeFactor({ ...b, hasher, lockout }),
    ];
  });
  afterAll(() => parts.remove());
  beforeEach(async () => {
    parts.clock.advance(1_000);
    person = await parts.addPerson();
  });

  const answer = (code: string, of = factors[0], by = person) =>
    of.answer(by, {}, { code }, context);
  const set = (of = person) =>
    parts.nodes[0].database.db
      .selectFrom('recovery_code_sets')
      .selectAll()
      .where('person_id', '=', of.id)
      .executeTakeFirstOrThrow();
  /** Well formed, under a lookup part that exists, and wrong. */
  const spoilt = (code: string) => code.slice(0, -1) + (code.endsWith('7') ? '8' : '7');

  test('ten codes are handed out once, told to audit and person, and stored as slow hashes', async () => {
    const codes = await factors[0].generate(person, context);
    expect(codes).toHaveLength(10);
    expect(await factors[1].remaining(person)).toEqual({
      remaining: 10,
      total: 10,
      generatedAt: parts.clock.now(),
      lastUsedAt: null,
    });
    expect(await factors[0].enrolments(person)).toHaveLength(1);
    expect(await parts.auditKinds(person)).toEqual(['recovery_codes.generated']);
    expect((await parts.mails()).map((mail) => mail['template'])).toContain(
      'recovery-codes-generated',
    );
    const rows = await parts.nodes[0].database.db
      .selectFrom('recovery_codes')
      .selectAll()
      .where('person_id', '=', person.id)
      .execute();
    for (const row of rows) expect(row.code_hash).toMatch(/^\$argon2id\$/);
    const dump = JSON.stringify(rows);
    for (const code of codes) expect(dump).not.toContain(code.replace('-', '').slice(2));
  });

  test('every code works, once, at the price of one hash each', async () => {
    const codes = await factors[0].generate(person);
    const before = hasher.verified;
    for (const code of codes) {
      expect(await answer(code.toLowerCase().replace('-', ' '))).toMatchObject({
        kind: 'accepted',
        event: { factor: 'recovery-code', category: 'possession', amr: 'otp' },
      });
    }
    expect(hasher.verified - before).toBe(10);
    expect(await answer(codes[0]!)).toMatchObject({ reason: 'code_already_used' });
    expect(await factors[0].enrolments(person)).toEqual([]);
    expect(await factors[0].remaining(person)).toMatchObject({ remaining: 0, total: 10 });
    expect(
      (await parts.auditKinds(person)).filter((kind) => kind === 'recovery_code.used'),
    ).toHaveLength(10);
  });

  test('one code given fifty times at once, to two nodes, is accepted once', async () => {
    const [code, next] = await factors[0].generate(person);
    const verdicts = await fiftyAtOnce(factors, (factor) => answer(code!, factor));
    expect(count(verdicts, 'accepted')).toBe(1);
    expect(count(verdicts, 'wrong_recovery_code')).toBe(0);
    expect((await parts.auditKinds(person)).sort()).toEqual([
      'recovery_code.used',
      'recovery_codes.generated',
    ]);
    expect(await set()).toMatchObject({ failures: 0, locked_until: null });
    expect((await answer(next!)).kind).toBe('accepted');
    const used = (await parts.mails()).filter((mail) => mail['template'] === 'recovery-code-used');
    expect(used.at(-1)).toMatchObject({ remaining: 8, factor: 'recovery-code' });
  });

  test('fifty wrong ones at once are exactly the limit, then a lock that is told once', async () => {
    const codes = await factors[0].generate(person);
    const verdicts = await fiftyAtOnce(factors, (factor) => answer(spoilt(codes[0]!), factor));
    expect(count(verdicts, 'wrong_recovery_code')).toBe(lockout.attempts - 1);
    expect(count(verdicts, 'factor_locked')).toBe(50 - lockout.attempts + 1);
    expect((await set()).failures).toBe(lockout.attempts);
    expect(
      (await parts.auditKinds(person)).filter((kind) => kind === 'factor.locked'),
    ).toHaveLength(1);
    expect(await answer(codes[1]!)).toEqual({
      kind: 'refused',
      reason: 'factor_locked',
      lockedUntil: parts.clock.now() + lockout.durationMs,
    });
    parts.clock.advance(lockout.durationMs);
    expect((await answer(codes[1]!)).kind).toBe('accepted');
  });

  test('a lookup part that does not exist costs a hash and a strike like one that does', async () => {
    const codes = await factors[0].generate(person);
    const lookups = codes.map((code) => code.slice(0, 2));
    const absent = ['00', '11', '22', '33', '44', '55', '66', '77', '88', '99', 'AA'].find(
      (lookup) => !lookups.includes(lookup),
    )!;
    const before = hasher.verified;
    expect(await answer(`${absent}0000-000000`)).toMatchObject({ reason: 'wrong_recovery_code' });
    expect(hasher.verified - before).toBe(1);
    expect((await set()).failures).toBe(1);
  });

  test('a code of somebody else, and one of an older set, are wrong', async () => {
    const [theirs] = await factors[0].generate(await parts.addPerson());
    const [older] = await factors[0].generate(person);
    const codes = await factors[0].generate(person);
    expect(await answer(theirs!)).toMatchObject({ reason: 'wrong_recovery_code' });
    expect(await answer(older!)).toMatchObject({ reason: 'wrong_recovery_code' });
    expect((await answer(codes[0]!)).kind).toBe('accepted');
  });

  test('sets made at once leave one whole set', async () => {
    const made = await Promise.all([0, 1, 0, 1].map((at) => factors[at as 0 | 1].generate(person)));
    expect(await factors[0].remaining(person)).toMatchObject({ remaining: 10, total: 10 });
    let accepted = 0;
    for (const codes of made) {
      const verdict = await answer(codes[0]!);
      if (verdict.kind === 'accepted') accepted += 1;
    }
    expect(accepted).toBe(1);
  });

  test('an attempt that could not be hashed does not count', async () => {
    const [code] = await factors[0].generate(person);
    hasher.full = true;
    try {
      const attempts = await Promise.allSettled(
        Array.from({ length: 20 }, () => answer(spoilt(code!))),
      );
      const overloaded = attempts.filter((attempt) => attempt.status === 'rejected');
      expect(overloaded.length).toBeGreaterThan(0);
    } finally {
      hasher.full = false;
    }
    expect(await set()).toMatchObject({ failures: 0, locked_until: null });
    expect((await answer(code!)).kind).toBe('accepted');
  });

  test.each(['', '123456', 'IIIIII', '01ABCD-EFGHJU', '☃'.repeat(12)])(
    'odd input %j is refused without a strike or a hash',
    async (text) => {
      await factors[0].generate(person);
      const before = hasher.verified;
      expect(await answer(text)).toEqual({ kind: 'refused', reason: 'recovery_code_malformed' });
      expect(hasher.verified).toBe(before);
      expect((await set()).failures).toBe(0);
    },
  );

  test('somebody without codes is answered like somebody with a wrong one', async () => {
    expect(await answer('01ABCD-EFGHJK')).toEqual({
      kind: 'refused',
      reason: 'wrong_recovery_code',
    });
    expect(await factors[0].remaining(person)).toBeNull();
    expect(await factors[0].enrolments(person)).toEqual([]);
  });
});
