import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { samlRequestForms } from '../../src/entra-twin/saml-request.js';
import { firstFailure, type Verdict } from '../../src/entra-twin/verdict.js';
import { wsFedRequestForms } from '../../src/entra-twin/wsfed-request.js';
import {
  externalMfaFaults,
  federationFaults,
  matrixFault,
  type Fault,
} from '../support/entra-twin/faults.js';
import { productScene, type ProductScene } from '../support/entra-twin/product-scene.js';
import { until } from '../support/services/until.js';

/** Drawbridge itself, signed in to by Entra's twin; Microsoft's keys are the twin's. */
let scene: ProductScene;
beforeAll(async () => {
  scene = await productScene();
}, 60_000);
afterAll(() => scene?.close());
beforeEach(() => {
  scene.wire.change = null;
  // A code is good once.
  scene.clock.advance(31_000);
});

const run = ({ attempt }: Pick<Fault, 'attempt'>): Promise<Verdict[]> =>
  attempt === 'external-mfa' ? scene.secondFactor() : scene.federate(attempt);

const notPassed = (verdicts: readonly Verdict[]) =>
  verdicts.filter(({ outcome }) => outcome !== 'passed');

describe('every request that was recorded is answered as Entra wants it', () => {
  test.each(samlRequestForms.filter((form) => form !== 'signed-2024'))('SAML %s', async (form) => {
    const attempt = { protocol: 'saml', form, multiFactor: false, fresh: false } as const;
    expect(notPassed(await scene.federate(attempt))).toEqual([]);
  });

  test('SAML signed-2024, once the keys were fetched', async () => {
    const attempt = {
      protocol: 'saml',
      form: 'signed-2024',
      multiFactor: false,
      fresh: false,
    } as const;
    let verdicts: Verdict[] = [];
    await until(async () => {
      scene.clock.advance(31_000);
      verdicts = await scene.federate(attempt);
      return notPassed(verdicts).length === 0;
    });
    expect(notPassed(verdicts)).toEqual([]);
  });

  test('SAML, as a step-up would have to be asked', async () => {
    const attempt = {
      protocol: 'saml',
      form: 'minimal-2021',
      multiFactor: true,
      fresh: true,
    } as const;
    expect(notPassed(await scene.federate(attempt))).toEqual([]);
  });

  test.each(wsFedRequestForms)('WS-Federation %s', async (form) => {
    expect(notPassed(await scene.federate({ protocol: 'wsFed', form }))).toEqual([]);
  });

  test('External MFA: what is published, the first time, and again', async () => {
    expect((await scene.discover()).filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    for (const _ of ['first', 'again']) {
      scene.clock.advance(31_000);
      expect(notPassed(await scene.secondFactor())).toEqual([]);
    }
  });
});

describe('a fault that is put on the wire is found, with the code of Entra', () => {
  test.each([...federationFaults, ...externalMfaFaults])('$name: $code', async (fault) => {
    scene.wire.change = fault.change(scene);
    expect(firstFailure(await run(fault))).toMatchObject({ code: fault.code });
  });
});

describe('External MFA answers with one acr and one true amr, and any other would be refused', () => {
  test.each(['pop', 'face', 'sms', 'swk', 'tel', 'retina', 'fido'])('%s is taken', async (amr) => {
    const fault = matrixFault('possessionorinherence', amr, 'AADSTS5001257');
    scene.wire.change = fault.change(scene);
    expect(firstFailure(await run(fault))).toBeNull();
  });

  test.each([
    ['possessionorinherence', 'yeet', 'AADSTS5001257'],
    ['knowledgeorpossession', 'pop', 'AADSTS5001258'],
    ['knowledgeorinherence', 'pop', 'AADSTS5001258'],
    ['knowledgeorpossessionorinherence', 'pop', 'AADSTS5001258'],
    ['knowledge', 'pop', 'AADSTS5001258'],
    ['possession', 'pop', 'AADSTS5001258'],
    ['inherence', 'pop', 'AADSTS5001258'],
    ['knowledge', 'otp', 'AADSTS5001258'],
    ['possession', 'hwk', 'AADSTS5001258'],
    ['inherence', 'fpt', 'AADSTS5001258'],
    ['inherence', 'iris', 'AADSTS5001258'],
  ] as const)('%s and %s is refused: %s', async (acr, amr, code) => {
    scene.wire.change = matrixFault(acr, amr, code).change(scene);
    expect(firstFailure(await scene.secondFactor())).toMatchObject({ code });
  });
});

describe('a wrong setting of the server is found, with the code of Entra', () => {
  const saml = {
    protocol: 'saml',
    form: 'unsigned-2024',
    multiFactor: false,
    fresh: false,
  } as const;
  const update = async (changes: { upn?: string; attributes?: Record<string, string[]> }) => {
    const { people } = scene.server.drawbridge.parts;
    const { directory } = scene.server.drawbridge.parts;
    const found = await directory.findByAlias('ada');
    if (found === null) throw new Error('nobody');
    await people.update(found.id, changes);
  };
  const right = { immutable_id: ['Qj6Qa1mXoUuVxI1tqUZ1Yg=='] };
  afterAll(() => update({ attributes: right }));

  test('an ImmutableID that nobody in the tenant has', async () => {
    await update({ attributes: { immutable_id: ['AAAAAAAAAAAAAAAAAAAAAA=='] } });
    expect(firstFailure(await scene.federate(saml))).toMatchObject({ code: 'AADSTS51004' });
  });

  test('with the ImmutableID of somebody else here nobody is asserted', async () => {
    await update({ attributes: { immutable_id: ['8uT7Hk2zTEaQyYwS0Jv1aA=='] } });
    const failed = firstFailure(await scene.federate(saml));
    expect(failed).toMatchObject({ rule: 'The status is Success', code: 'AADSTS50008' });
  });

  test('a person without one gets no assertion', async () => {
    await update({ attributes: {} });
    const failed = firstFailure(await scene.federate(saml));
    await update({ attributes: right });
    expect(failed).toMatchObject({ rule: 'The status is Success', code: 'AADSTS50008' });
  });

  test('a key that was rolled in a hurry', async () => {
    await scene.server.drawbridge.base.keys.emergencyRotate('default', 'saml', 'RS256');
    expect(firstFailure(await scene.federate(saml))).toMatchObject({ code: 'AADSTS5000811' });
    scene.clock.advance(31_000);
    expect(firstFailure(await scene.federate({ protocol: 'wsFed', form: 'plain' }))).toMatchObject({
      code: 'AADSTS5000811',
    });
  });
});
