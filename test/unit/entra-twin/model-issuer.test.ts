import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { samlRequestForms } from '../../../src/entra-twin/saml-request.js';
import { firstFailure, type Verdict } from '../../../src/entra-twin/verdict.js';
import { wsFedRequestForms } from '../../../src/entra-twin/wsfed-request.js';
import {
  externalMfaFaults,
  federationFaults,
  matrixFault,
  type Fault,
} from '../../support/entra-twin/faults.js';
import { makeKey } from '../../support/entra-twin/test-key.js';
import { modelScene, type TwinScene } from '../../support/entra-twin/twin-scene.js';

let scene: TwinScene;
beforeAll(async () => {
  scene = await modelScene();
}, 60_000);
afterAll(() => scene.close());
beforeEach(() => {
  scene.wire.change = null;
});

const run = ({ attempt }: Pick<Fault, 'attempt'>): Promise<Verdict[]> =>
  attempt === 'external-mfa' ? scene.secondFactor() : scene.federate(attempt);

describe('an honest answer passes every rule', () => {
  test.each(samlRequestForms)('SAML, request %s', async (form) => {
    for (const multiFactor of [false, true]) {
      const verdicts = await scene.federate({
        protocol: 'saml',
        form,
        multiFactor,
        fresh: multiFactor,
      });
      expect(verdicts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
      expect(verdicts.length).toBeGreaterThan(20);
    }
  });

  test.each(wsFedRequestForms)('WS-Federation, address %s', async (form) => {
    const verdicts = await scene.federate({ protocol: 'wsFed', form });
    expect(verdicts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(20);
  });

  test('External MFA', async () => {
    const verdicts = [...(await scene.discover()), ...(await scene.secondFactor())];
    expect(verdicts.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  });
});

describe('a fault on the wire gives the code that Entra would show', () => {
  test.each([...federationFaults, ...externalMfaFaults])('$name: $code', async (fault) => {
    scene.wire.change = fault.change(scene);
    expect(firstFailure(await run(fault))).toMatchObject({ code: fault.code });
  });
});

const acceptable = ['pop', 'face', 'sms', 'swk', 'tel', 'retina', 'fido'];
const refusedAcr = [
  ['knowledgeorpossession', 'pop'],
  ['knowledgeorinherence', 'pop'],
  ['knowledgeorpossessionorinherence', 'pop'],
  ['knowledge', 'pop'],
  ['possession', 'pop'],
  ['inherence', 'pop'],
  ['knowledge', 'otp'],
  ['possession', 'hwk'],
  ['inherence', 'fpt'],
  ['inherence', 'iris'],
] as const;

describe('the matrix of acr and amr that was measured', () => {
  test.each(acceptable)('possessionorinherence and %s is taken', async (amr) => {
    const fault = matrixFault('possessionorinherence', amr, 'AADSTS5001257');
    scene.wire.change = fault.change(scene);
    expect(firstFailure(await run(fault))).toBeNull();
  });

  test.each(refusedAcr)('%s and %s is not', async (acr, amr) => {
    const fault = matrixFault(acr, amr, 'AADSTS5001258');
    scene.wire.change = fault.change(scene);
    expect(firstFailure(await run(fault))).toMatchObject({ code: 'AADSTS5001258' });
  });

  test('possessionorinherence and a made-up method is not', async () => {
    const fault = matrixFault('possessionorinherence', 'yeet', 'AADSTS5001257');
    scene.wire.change = fault.change(scene);
    expect(firstFailure(await run(fault))).toMatchObject({ code: 'AADSTS5001257' });
  });
});

describe('a wrong setting of the server gives the code that Entra would show', () => {
  type Setting = NonNullable<TwinScene['settings']>;
  const honest = () => scene.settings as Setting;
  const saml: Fault['attempt'] = {
    protocol: 'saml',
    form: 'unsigned-2024',
    multiFactor: false,
    fresh: false,
  };
  test.each<
    [name: string, code: string | null, wrong: () => Partial<Setting>, attempt: Fault['attempt']]
  >([
    [
      'the issuer of another domain',
      'AADSTS50107',
      () => ({ issuer: 'https://idp.example.com/b' }),
      saml,
    ],
    ['a key that was rolled', 'AADSTS5000811', () => ({ key: makeKey('rolled') }), saml],
    ['people without ImmutableID', 'AADSTS51004', () => ({ immutableIds: {} }), saml],
    [
      'a clock that is an hour late',
      'AADSTS50008',
      () => ({ clock: () => Date.now() - 4_000_000 }),
      saml,
    ],
    [
      'mail in the place of the UPN',
      'AADSTS50020',
      () => ({ upns: { 'ada@example.com': 'ada@mail.example' } }),
      saml,
    ],
    [
      'one factor where two are asked for',
      'AADSTS75011',
      () => ({ asksForCode: false }),
      { protocol: 'wsFed', form: 'step-up' },
    ],
    [
      'two factors always asserted',
      null,
      () => ({ asksForCode: false, assertsTwoFactors: 'always' }),
      saml,
    ],
    [
      'a strength that was not asked for',
      'AADSTS5001258',
      () => ({ acr: 'possession' }),
      'external-mfa',
    ],
    ['a method of its own', 'AADSTS5001257', () => ({ amr: ['push'] }), 'external-mfa'],
    [
      'keys without x5c',
      'AADSTS50012',
      () => ({ providerKeyWithCertificate: false }),
      'external-mfa',
    ],
  ])('%s: %s', async (_, code, wrong, attempt) => {
    const before = { ...honest() };
    Object.assign(honest(), wrong());
    try {
      expect(firstFailure(await run({ attempt }))).toMatchObject({ outcome: 'failed', code });
    } finally {
      Object.assign(honest(), before);
    }
  });

  test('an app registration without the address, and without consent', async () => {
    const { replyUrls, consented } = scene.method;
    try {
      scene.method.replyUrls = ['https://idp.example.com/authorize'];
      expect(firstFailure(await scene.discover())).toMatchObject({ code: 'AADSTS50161' });
      Object.assign(scene.method, { replyUrls: null, consented: false });
      expect(firstFailure(await scene.discover())).toMatchObject({ code: 'AADSTS900491' });
    } finally {
      Object.assign(scene.method, { replyUrls, consented });
    }
  });
});
