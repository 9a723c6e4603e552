import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import type { Person } from '../../src/directory/person.js';
import { createOtpFactor } from '../../src/factors/otp/create-otp-factor.js';
import { createTotpImport } from '../support/factors/import-totp.js';
import { createRecoveryCodeFactor } from '../../src/factors/recovery-codes/create-recovery-code-factor.js';
import { createSecondFactors, type SecondFactors } from '../../src/factors/second-factors.js';
import { directoryNode, type DirectoryNode } from '../support/directory/directory-node.js';
import { durableParts, type DurableParts, type Node } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const lockout = { attempts: 3, durationMs: 15 * 60_000 };
const context = { clientAddress: '192.0.2.1', relyingParty: 'payroll' };
const wrong = '000000';
// The hash is not what is tested here.
const hasher = {
  hash: (text: string) => Promise.resolve(`plain:${text}`),
  verify: (stored: string, text: string) => Promise.resolve(stored === `plain:${text}`),
};

describe.each(sqlAdapters)('all second factors of a person on $name', (adapter) => {
  let parts: DurableParts;
  let node: Node;
  let people: DirectoryNode['people'];
  let factors: SecondFactors;
  let person: Person;
  let totp: TOTP;

  beforeAll(async () => {
    parts = await durableParts(adapter);
    [node] = parts.nodes;
    ({ people } = directoryNode(node));
    factors = createSecondFactors(node);
  });
  afterAll(() => parts.remove());
  beforeEach(async () => {
    parts.clock.advance(60 * 60_000);
    person = await parts.addPerson(`ada-${parts.clock.now()}@example.org`);
    totp = new TOTP({ secret: new Secret({ size: 20 }) });
    const importTotp = createTotpImport(node);
    await node.database.transaction((tx) => importTotp(tx, person.id, totp.secret.base32));
    await codes().generate(person);
  });

  const otp = () => createOtpFactor({ ...node, lockout });
  const codes = () => createRecoveryCodeFactor({ ...node, hasher, lockout });
  const answerCode = (code: string) => otp().answer(person, {}, { code }, context);
  const goodCode = () => totp.generate({ timestamp: parts.clock.now() });
  const lockBoth = async () => {
    for (let attempt = 0; attempt < lockout.attempts; attempt += 1) {
      await answerCode(goodCode() === wrong ? '111111' : wrong);
      await codes().answer(person, {}, { code: 'ZZZZZZ-ZZZZZZ' }, context);
    }
  };

  test('are seen at once, without a secret', async () => {
    await lockBoth();
    const until = parts.clock.now() + lockout.durationMs;
    const overview = await factors.overview(person);
    expect(overview).toEqual({
      phones: [],
      apps: [
        {
          id: expect.stringMatching(/^otp_/),
          label: 'Authenticator app',
          kind: 'totp',
          createdAt: parts.clock.now(),
          lastUsedAt: null,
          lock: { until, forGood: false },
        },
      ],
      recoveryCodes: {
        remaining: 10,
        total: 10,
        generatedAt: parts.clock.now(),
        lastUsedAt: null,
        lock: { until, forGood: false },
      },
    });
    expect(await factors.overview(await parts.addPerson())).toEqual({
      apps: [],
      recoveryCodes: null,
      phones: [],
    });
  });

  test('are unlocked together with the password, and nobody else is', async () => {
    await lockBoth();
    expect(await answerCode(goodCode())).toMatchObject({ reason: 'factor_locked' });
    const other = await parts.addPerson();
    await people.unlock(other.id, {}, (tx) => factors.unlock(tx, other));
    expect(await answerCode(goodCode())).toMatchObject({ reason: 'factor_locked' });
    await people.unlock(person.id, {}, (tx) => factors.unlock(tx, person));
    expect(await answerCode(goodCode())).toMatchObject({ kind: 'accepted' });
    expect(await factors.overview(person)).toMatchObject({
      apps: [{ lock: null }],
      recoveryCodes: { lock: null },
    });
  });

  test('are removed with audit rows and mails, and end what was issued', async () => {
    const remove = () =>
      people.signOutEverywhere(person.id, { data: { by: 'test' } }, async (tx) => {
        removed = await factors.removeAll(tx, person, { data: { by: 'test' } });
      });
    let removed = { apps: 0, recoveryCodes: 0, phones: 0 };
    expect(await remove()).toBe(person.epoch + 1);
    expect(removed).toEqual({ apps: 1, recoveryCodes: 10, phones: 0 });
    expect(await factors.overview(person)).toEqual({ apps: [], recoveryCodes: null, phones: [] });
    expect(await answerCode(goodCode())).toMatchObject({ reason: 'no_factor_enrolled' });
    const rows = await node.database.db
      .selectFrom('audit_events')
      .select(['kind', 'data'])
      .where('person_id', '=', person.id)
      .where('kind', '=', 'factor.removed')
      .execute();
    const data = rows.map((row) => JSON.parse(row.data) as Record<string, unknown>);
    expect(data.map(({ factor, by }) => [factor, by]).sort()).toEqual([
      ['otp', 'test'],
      ['recovery-code', 'test'],
    ]);
    expect(await parts.auditKinds(person)).toContain('sessions.ended_everywhere');
    const mails = (await parts.mails()).filter(({ to }) => to === person.mail);
    expect(
      mails.filter(({ template }) => template === 'factor-removed').map(({ factor }) => factor),
    ).toEqual(expect.arrayContaining(['otp', 'recovery-code']));

    await remove();
    expect(removed).toEqual({ apps: 0, recoveryCodes: 0, phones: 0 });
  });

  test('are still there when their removal is undone', async () => {
    const failing = people.signOutEverywhere(person.id, {}, async (tx) => {
      await factors.removeAll(tx, person);
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await factors.overview(person)).toMatchObject({
      apps: [{}],
      recoveryCodes: { remaining: 10 },
    });
    expect(await parts.auditKinds(person)).not.toContain('factor.removed');
  });

  test('an enrolment that was begun before the removal comes to nothing', async () => {
    const { enrolment } = otp();
    const { state, view } = await enrolment.begin(person, 'Northwind', context);
    const secret = Secret.fromBase32(String(view.model['secret']));
    await people.signOutEverywhere(person.id, {}, async (tx) => {
      await factors.removeAll(tx, person);
    });
    const code = new TOTP({ secret }).generate({ timestamp: parts.clock.now() });
    expect(await enrolment.complete(person, state, { code }, context)).toMatchObject({
      reason: 'session_ended',
    });
  });
});
