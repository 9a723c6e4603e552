import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import type { FactorVerdict } from '../../src/factors/factor.js';
import { createOtpFactor } from '../../src/factors/otp/create-otp-factor.js';
import type { OtpFactor } from '../../src/factors/otp/create-otp-factor.js';
import { createTotpImport } from '../support/factors/import-totp.js';
import { codeAt, fromBase32, stepAt, toBase32 } from '../../src/factors/otp/oath.js';
import { systemRandom } from '../../src/kernel/random.js';
import { durableParts, fiftyAtOnce } from '../support/factors/durable-parts.js';
import type { DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const lockout = { attempts: 5, durationMs: 15 * 60_000 };
const context = { clientAddress: '192.0.2.1', relyingParty: 'payroll' };
const parameters = { algorithm: 'SHA1', digits: 6 };
const periodMs = 30_000;

const count = (verdicts: readonly FactorVerdict[], what: string) =>
  verdicts.filter((v) => (v.kind === 'accepted' ? 'accepted' : v.reason) === what).length;

describe.each(sqlAdapters)('one-time codes on $name', (adapter) => {
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
    parts.clock.advance(10 * periodMs);
    person = await parts.addPerson();
  });

  const step = () => stepAt(parts.clock.now(), 30);
  const row = (id: string) =>
    parts.nodes[0].database.db
      .selectFrom('otp_credentials')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();

  /** Imported, so that no step is used up yet. */
  async function credential(of = person): Promise<{ id: string; code(offset?: number): string }> {
    const [node] = parts.nodes;
    const secret = systemRandom.bytes(20);
    const before = new Set((await factors[0].enrolments(of)).map(({ id }) => id));
    const imported = createTotpImport(node);
    await node.database.transaction((tx) => imported(tx, of.id, toBase32(secret)));
    const added = (await factors[0].enrolments(of)).find(({ id }) => !before.has(id));
    if (added === undefined) throw new Error('not imported');
    return { id: added.id, code: (offset = 0) => codeAt(secret, step() + offset, parameters) };
  }

  /** A code that is right nowhere near. */
  const wrongCode = (right: { code(offset?: number): string }) => {
    const near = [-2, -1, 0, 1, 2].map((offset) => right.code(offset));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find(
      (code) => !near.includes(code),
    )!;
  };
  const answer = (code: string, of = factors[0]) => of.answer(person, {}, { code }, context);

  describe('a right code', () => {
    test('is accepted, with the credential, and forgives the failures before it', async () => {
      const own = await credential();
      for (let at = 0; at < 4; at += 1) {
        expect(await answer(wrongCode(own))).toMatchObject({ reason: 'wrong_code' });
      }
      expect((await row(own.id)).failures).toBe(4);
      expect(await answer(own.code())).toEqual({
        kind: 'accepted',
        event: {
          factor: 'otp',
          category: 'possession',
          amr: 'otp',
          at: parts.clock.now(),
          credential: own.id,
        },
      });
      expect(await row(own.id)).toMatchObject({
        failures: 0,
        locked_until: null,
        last_step: step(),
        last_used_at: parts.clock.now(),
      });
    });

    test('given fifty times at once, to two nodes, is accepted once', async () => {
      const own = await credential();
      const verdicts = await fiftyAtOnce(factors, (factor) => answer(own.code(), factor));
      expect(count(verdicts, 'accepted')).toBe(1);
      expect(count(verdicts, 'wrong_code')).toBe(0);
      expect(await row(own.id)).toMatchObject({ failures: 0, locked_until: null });
      expect(await answer(own.code(), factors[1])).toMatchObject({ reason: 'code_already_used' });
      expect((await answer(own.code(1))).kind).toBe('accepted');
    });

    test('after a younger one is refused', async () => {
      const own = await credential();
      expect((await answer(own.code(1))).kind).toBe('accepted');
      expect(await answer(own.code(0))).toMatchObject({ reason: 'code_already_used' });
    });

    test('of another person is wrong', async () => {
      const own = await credential();
      const other = await parts.addPerson();
      const theirs = await credential(other);
      expect(await answer(theirs.code())).toMatchObject({ reason: 'wrong_code' });
      expect((await answer(own.code())).kind).toBe('accepted');
      expect((await row(theirs.id)).failures).toBe(0);
    });

    test('of any of several devices is accepted, each step of each device once', async () => {
      const devices = [await credential(), await credential(), await credential()];
      expect(await answer(wrongCode(devices[0]!))).toMatchObject({ reason: 'wrong_code' });
      for (const device of devices) {
        const verdicts = await fiftyAtOnce(factors, (factor) => answer(device.code(), factor));
        expect(count(verdicts, 'accepted')).toBe(1);
      }
      for (const device of devices) {
        const { failures, last_step: lastStep } = await row(device.id);
        expect(lastStep).toBe(step());
        // A strike may be given back too late, never too early: nobody is locked out, nobody gets a try too many.
        expect(failures).toBeLessThan(lockout.attempts);
      }
    });

    test('costs two statements', async () => {
      const own = await credential();
      const statements = await countStatements(parts, () => answer(own.code()));
      expect(statements).toBe(2);
    });
  });

  describe('wrong codes', () => {
    test('fifty at once are exactly the limit, then a lock that is told once', async () => {
      const own = await credential();
      const wrong = wrongCode(own);
      const verdicts = await fiftyAtOnce(factors, (factor) => answer(wrong, factor));
      expect(count(verdicts, 'wrong_code')).toBe(lockout.attempts - 1);
      expect(count(verdicts, 'factor_locked')).toBe(50 - lockout.attempts + 1);
      const lockedUntil = parts.clock.now() + lockout.durationMs;
      expect(await row(own.id)).toMatchObject({
        failures: lockout.attempts,
        locked_until: lockedUntil,
      });
      const kinds = await parts.auditKinds(person);
      expect(kinds.filter((kind) => kind === 'factor.locked')).toHaveLength(1);

      expect(await answer(own.code())).toEqual({
        kind: 'refused',
        reason: 'factor_locked',
        lockedUntil,
      });
    });

    test('count for all devices of the person together', async () => {
      const devices = [await credential(), await credential()];
      await fiftyAtOnce(factors, (factor) => answer(wrongCode(devices[0]!), factor));
      for (const device of devices) {
        expect((await row(device.id)).failures).toBe(lockout.attempts);
        expect(await answer(device.code())).toMatchObject({ reason: 'factor_locked' });
      }
    });

    test('have a fresh budget when the lock has run out', async () => {
      const own = await credential();
      await fiftyAtOnce(factors, (factor) => answer(wrongCode(own), factor));
      parts.clock.advance(lockout.durationMs - 1);
      expect(await answer(own.code())).toMatchObject({ reason: 'factor_locked' });
      parts.clock.advance(1);
      const verdicts = await fiftyAtOnce(factors, (factor) => answer(wrongCode(own), factor));
      expect(count(verdicts, 'wrong_code')).toBe(lockout.attempts - 1);
      parts.clock.advance(lockout.durationMs);
      expect((await answer(own.code())).kind).toBe('accepted');
      expect((await row(own.id)).failures).toBe(0);
    });

    test('a right one among parallel wrong ones never lets more than the limit through', async () => {
      const own = await credential();
      const wrong = wrongCode(own);
      const verdicts = await fiftyAtOnce(factors, (factor, index) =>
        answer(index === 3 ? own.code() : wrong, factor),
      );
      const judgedWrong = (await parts.auditKinds(person)).filter((k) => k === 'factor.locked');
      expect(count(verdicts, 'accepted')).toBeLessThanOrEqual(1);
      expect(count(verdicts, 'wrong_code')).toBeLessThanOrEqual(2 * lockout.attempts);
      expect(judgedWrong.length).toBeLessThanOrEqual(2);
    });

    test('a used code is no guess: it takes no strike, and takes none back from real ones', async () => {
      const own = await credential();
      expect((await answer(own.code())).kind).toBe('accepted');
      for (let at = 0; at < 3; at += 1) await answer(wrongCode(own));
      const verdicts = await Promise.all(Array.from({ length: 20 }, () => answer(own.code())));
      expect(count(verdicts, 'accepted')).toBe(0);
      expect(await row(own.id)).toMatchObject({ failures: 3, locked_until: null });
    });
  });

  test.each(['', '12345', '123456789', '-12345', 'abcdef', '１２３', ' '])(
    'odd input %j is refused without a strike',
    async (code) => {
      const own = await credential();
      expect(await answer(code)).toEqual({ kind: 'refused', reason: 'code_malformed' });
      expect((await row(own.id)).failures).toBe(0);
      expect(await factors[0].answer(person, {}, {}, context)).toMatchObject({
        reason: 'code_malformed',
      });
    },
  );

  test('spaces and full-width digits are normalised', async () => {
    const own = await credential();
    const wide = [...own.code()].map((digit) => String.fromCodePoint(0xff10 + Number(digit)));
    expect((await answer(` ${wide.slice(0, 3).join('')} ${wide.slice(3).join('')} `)).kind).toBe(
      'accepted',
    );
  });

  test('somebody without a device is told so', async () => {
    const nothing = { kind: 'refused', reason: 'no_factor_enrolled', gone: true };
    expect(await answer('123456')).toEqual(nothing);
    expect(await factors[0].enrolments(person)).toEqual([]);
  });

  describe('drift', () => {
    test('one code moves nothing; three in a row on one side move the window one step', async () => {
      const own = await credential();
      for (const expected of [0, 0, -1]) {
        parts.clock.advance(3 * periodMs);
        expect((await answer(own.code(-1))).kind).toBe('accepted');
        expect((await row(own.id)).drift).toBe(expected);
      }
      parts.clock.advance(4 * periodMs);
      expect((await answer(own.code(-2))).kind).toBe('accepted');
      expect(await answer(own.code(1))).toMatchObject({ reason: 'wrong_code' });
    });

    test('two codes in a row resynchronise, once', async () => {
      const own = await credential();
      expect(await answer(own.code(-7))).toMatchObject({ reason: 'wrong_code' });
      const codes = { first_code: own.code(-8), next_code: own.code(-7) };
      const verdicts = await fiftyAtOnce(factors, (factor) =>
        factor.answer(person, {}, codes, context),
      );
      expect(count(verdicts, 'accepted')).toBe(1);
      expect(await row(own.id)).toMatchObject({ drift: -7, drift_run: 0, last_step: step() - 7 });
      parts.clock.advance(lockout.durationMs);
      expect((await answer(own.code(-7))).kind).toBe('accepted');
    });

    test('guessing at a resync counts like guessing a code', async () => {
      const own = await credential();
      const wrong = wrongCode(own);
      const verdicts = await fiftyAtOnce(factors, (factor) =>
        factor.answer(person, {}, { first_code: wrong, next_code: wrong }, context),
      );
      expect(count(verdicts, 'wrong_code')).toBe(lockout.attempts - 1);
      expect(await answer(own.code())).toMatchObject({ reason: 'factor_locked' });
    });
  });

  describe('enrolment', () => {
    const secretOf = (model: Readonly<Record<string, unknown>>) =>
      fromBase32(String(model['secret']));

    test('shows a secret, takes a code for it, and that code is used up', async () => {
      const prompt = await factors[0].enrolment.begin(person, 'Acme', context);
      const { model } = prompt.view;
      expect(prompt.view.template).toBe('factors/otp-enrol');
      expect(Object.keys(model).sort()).toEqual(['qr', 'secret', 'uri']);
      expect(secretOf(model)).toHaveLength(20);
      expect(model['uri']).toContain(`secret=${String(model['secret'])}`);
      expect(JSON.stringify(prompt.state)).not.toContain(String(model['secret']));

      const code = codeAt(secretOf(model), step(), parameters);
      const complete = (typed: string) =>
        factors[1].enrolment.complete(person, prompt.state, { code: typed }, context);
      expect(await complete('1')).toMatchObject({ reason: 'code_malformed' });
      expect(await complete(String((Number(code) + 1) % 1e6).padStart(6, '0'))).toMatchObject({
        reason: 'wrong_code',
      });
      expect(await complete(code)).toMatchObject({
        kind: 'accepted',
        event: { factor: 'otp', credential: prompt.state['credential'] },
      });
      expect(await factors[0].enrolments(person)).toEqual([
        {
          id: prompt.state['credential'],
          label: 'Authenticator app',
          createdAt: parts.clock.now(),
          lastUsedAt: parts.clock.now(),
        },
      ]);
      expect(await answer(code)).toMatchObject({ reason: 'code_already_used' });
      expect(await parts.auditKinds(person)).toEqual(['factor.enrolled']);
      expect((await parts.mails()).filter((mail) => mail['at'] === parts.clock.now())).toEqual([
        {
          to: 'anna@example.org',
          template: 'factor-added',
          locale: 'sv',
          name: 'Anna Ek',
          factor: 'otp',
          at: parts.clock.now(),
        },
      ]);
    });

    test('completed fifty times at once enrols once', async () => {
      const { state, view } = await factors[0].enrolment.begin(person, 'Acme', context);
      const code = codeAt(secretOf(view.model), step(), parameters);
      const verdicts = await fiftyAtOnce(factors, (factor) =>
        factor.enrolment.complete(person, state, { code }, context),
      );
      expect(count(verdicts, 'accepted')).toBe(1);
      expect(count(verdicts, 'code_already_used')).toBe(49);
      expect(await factors[0].enrolments(person)).toHaveLength(1);
      expect(await parts.auditKinds(person)).toEqual(['factor.enrolled']);
    });

    test('is over after a quarter of an hour, and is of no use to anybody else', async () => {
      const { state, view } = await factors[0].enrolment.begin(person, 'Acme', context);
      const other = await parts.addPerson();
      const complete = (of: Person) =>
        factors[0].enrolment.complete(
          of,
          state,
          { code: codeAt(secretOf(view.model), step(), parameters) },
          context,
        );
      expect(await complete(other)).toMatchObject({ reason: 'enrolment_expired' });
      parts.clock.advance(15 * 60_000);
      expect(await complete(person)).toMatchObject({ reason: 'enrolment_expired' });
      expect(await factors[0].enrolment.complete(person, {}, {}, context)).toMatchObject({
        reason: 'enrolment_expired',
      });
      expect(await factors[0].enrolments(other)).toEqual([]);
    });

    test('stops at five devices, also at once, and writes no event for the sixth', async () => {
      for (let at = 0; at < 4; at += 1) await credential();
      const verdicts = await Promise.all(
        [0, 1, 0, 1, 0, 1].map(async (at) => {
          const factor = factors[at === 0 ? 0 : 1];
          const { state, view } = await factor.enrolment.begin(person, 'Acme', context);
          const code = codeAt(secretOf(view.model), step(), parameters);
          return factor.enrolment.complete(person, state, { code }, context);
        }),
      );
      expect(count(verdicts, 'accepted')).toBe(1);
      expect(count(verdicts, 'policy_denied')).toBe(5);
      expect(await factors[0].enrolments(person)).toHaveLength(5);
      expect(await parts.auditKinds(person)).toHaveLength(5);
    });

    test('forgives a lock, so that a new device works at once', async () => {
      const own = await credential();
      await fiftyAtOnce(factors, (factor) => answer(wrongCode(own), factor));
      const { state, view } = await factors[0].enrolment.begin(person, 'Acme', context);
      const secret = secretOf(view.model);
      const label = '  Work phone ';
      const code = codeAt(secret, step(), parameters);
      await factors[0].enrolment.complete(person, state, { code, label }, context);
      expect((await answer(codeAt(secret, step() + 1, parameters))).kind).toBe('accepted');
      expect((await factors[0].enrolments(person)).map((one) => one.label)).toContain('Work phone');
    });
  });

  describe('removal', () => {
    test('works once, tells audit and person, and ends the codes', async () => {
      const own = await credential();
      // Rows of one moment come in any order.
      parts.clock.advance(1);
      const removed = await fiftyAtOnce(factors, (factor) => factor.remove(person, own.id));
      expect(removed.filter(Boolean)).toHaveLength(1);
      expect(await answer(own.code())).toMatchObject({ reason: 'no_factor_enrolled' });
      expect(await parts.auditKinds(person)).toEqual(['factor.enrolled', 'factor.removed']);
      const templates = (await parts.mails()).map((mail) => mail['template']);
      expect(templates).toContain('factor-removed');
    });

    test('is for one’s own devices only', async () => {
      const own = await credential();
      const other = await parts.addPerson();
      expect(await factors[0].remove(other, own.id)).toBe(false);
      expect(await factors[0].enrolments(person)).toHaveLength(1);
    });

    test('somebody without a mail address gets none', async () => {
      person = await parts.addPerson(null);
      const own = await credential();
      const before = (await parts.mails()).length;
      expect(await factors[0].remove(person, own.id)).toBe(true);
      expect(await parts.mails()).toHaveLength(before);
    });
  });

  test('importing the same secret again changes nothing', async () => {
    const [node] = parts.nodes;
    const imported = createTotpImport(node);
    const base32 = toBase32(systemRandom.bytes(20));
    const run = (text: string) => node.database.transaction((tx) => imported(tx, person.id, text));
    expect(await run(base32)).toBe('added');
    expect(await run(base32.toLowerCase())).toBe('unchanged');
    await expect(run('JBSWY3DP')).rejects.toMatchObject({ code: 'otp_secret_invalid' });
    expect(await factors[0].enrolments(person)).toHaveLength(1);
    expect(await parts.auditKinds(person)).toEqual(['factor.enrolled']);
  });

  test('a dump of the table holds no secret', async () => {
    const { view, state } = await factors[0].enrolment.begin(person, 'Acme', context);
    const secret = String(view.model['secret']);
    const code = codeAt(fromBase32(secret), step(), parameters);
    await factors[0].enrolment.complete(person, state, { code }, context);
    const dump = JSON.stringify(await row(String(state['credential'])));
    const bytes = fromBase32(secret);
    for (const form of [secret, bytes.toString('hex'), bytes.toString('base64url')]) {
      expect(dump).not.toContain(form);
    }
  });
});

/** Counts what goes through the first node's database. */
async function countStatements(parts: DurableParts, work: () => Promise<unknown>): Promise<number> {
  const { db } = parts.nodes[0].database;
  const executor = db.getExecutor();
  const proto = Object.getPrototypeOf(executor) as { executeQuery: unknown };
  const original = executor.executeQuery;
  let statements = 0;
  Object.assign(executor, {
    executeQuery(this: typeof executor, ...args: Parameters<typeof original>) {
      statements += 1;
      return original.apply(this, args);
    },
  });
  try {
    await work();
    return statements;
  } finally {
    Object.assign(executor, { executeQuery: proto.executeQuery });
  }
}
