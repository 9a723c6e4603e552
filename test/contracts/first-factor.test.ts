import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOtpEnrolment } from '../../src/factors/otp/otp-enrolment.js';
import { codeAt, fromBase32, stepAt } from '../../src/factors/otp/oath.js';
import { durableParts, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const parameters = { algorithm: 'SHA1', digits: 6 };

describe.each(sqlAdapters)('a first second factor on $name', (adapter) => {
  let parts: DurableParts;
  beforeAll(async () => {
    parts = await durableParts(adapter);
  });
  afterAll(() => parts.remove());

  test('is added once, however many are set up side by side on two servers', async () => {
    const [one, other] = parts.nodes;
    const enrolments = [one, other, one, other].map((node) =>
      createOtpEnrolment(node, (at, credential) => ({
        kind: 'accepted',
        event: { factor: 'otp', category: 'possession', amr: 'otp', at, credential },
      })),
    );
    const context = {
      clientAddress: '192.0.2.1',
      relyingParty: 'payroll',
      firstOnly: true,
    } as const;
    for (let round = 0; round < 5; round += 1) {
      const person = await parts.addPerson();
      const verdicts = await Promise.all(
        enrolments.map(async (enrolment) => {
          const { state, view } = await enrolment.begin(person, 'Example', context);
          const secret = fromBase32(String(view.model['secret']));
          const code = codeAt(secret, stepAt(parts.clock.now(), 30), parameters);
          return enrolment.complete(person, state, { code }, context);
        }),
      );
      expect(verdicts.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
      const kept = await one.database.db
        .selectFrom('otp_credentials')
        .select('id')
        .where('person_id', '=', person.id)
        .execute();
      expect(kept).toHaveLength(1);
    }
  });
});
