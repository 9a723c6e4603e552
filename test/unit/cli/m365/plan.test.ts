import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compareFederation } from '../../../../src/cli/m365/compare-federation.js';
import { federationBody } from '../../../../src/cli/m365/federation-body.js';
import { readTenantSettings } from '../../../../src/cli/m365/federation-settings.js';
import { ourFederation } from '../../../../src/cli/m365/our-federation.js';
import { planText } from '../../../../src/cli/m365/plan-text.js';
import { PublicUrl } from '../../../../src/config/public-url.js';
import { bare, makeKey } from '../../../support/entra-twin/test-key.js';
import { vectorTest } from '../../../support/vectors/vectors-folder.js';
import { testInstallation, type TestInstallation } from './installation.js';

const [signing, next, other] = [makeKey('signing'), makeKey('next'), makeKey('other')] as const;
const now = Date.now();
const issuer = {
  id: 'example-org',
  entityId: 'https://login.example.com/saml/example-org',
  domains: ['example.org'],
  signing: signing.certificate,
  next: null,
};
const choices = { publicUrl: new PublicUrl('https://login.example.com'), displayName: 'Contoso' };
const ours = ourFederation('example.org', issuer, { ...choices, protocol: 'wsFed' });

/** What the tenant has when everything is right, in Graph's spelling. */
const right = {
  '@odata.type': '#microsoft.graph.internalDomainFederation',
  id: '6601d14b-d113-8f64-fda2-9b5ddda18ecc',
  displayName: 'Contoso',
  issuerUri: 'https://login.example.com/saml/example-org',
  metadataExchangeUri:
    'https://login.example.com/federationmetadata/example-org/2007-06/federationmetadata.xml',
  signingCertificate: bare(signing.certificate),
  passiveSignInUri: 'https://login.example.com/wsfed/example-org',
  activeSignInUri: 'https://login.example.com/wsfed/example-org/active',
  signOutUri: 'https://login.example.com/wsfed/example-org',
  preferredAuthenticationProtocol: 'wsFed',
  promptLoginBehavior: 'nativeSupport',
  federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp',
  isSignedAuthenticationRequestRequired: false,
};
const read = (changes: Record<string, unknown> = {}) => {
  const settings = readTenantSettings(JSON.stringify({ ...right, ...changes }));
  if (!settings.ok || settings.value === null) throw new Error('unreadable');
  return settings.value;
};

describe('the comparison', () => {
  test('nothing is to be done where all is as it should be', () => {
    expect(compareFederation(read(), ours, now)).toEqual([]);
    expect(planText(read(), ours, now).at(-1)).toBe('Nothing would change.');
  });

  test.each<[string, unknown, 'broken' | 'advice', string | null]>([
    ['issuerUri', 'https://login.example.com', 'broken', 'AADSTS50107'],
    ['issuerUri', 'https://login.example.com/saml/example-org/', 'broken', 'AADSTS50107'],
    ['signingCertificate', bare(other.certificate), 'broken', 'AADSTS5000811'],
    ['signingCertificate', 'nonsense', 'broken', 'AADSTS5000811'],
    ['signingCertificate', null, 'broken', 'AADSTS5000811'],
    ['passiveSignInUri', 'https://sts.example.org/adfs/ls', 'broken', null],
    ['preferredAuthenticationProtocol', 'saml', 'broken', 'AADSTS50008'],
    ['signOutUri', null, 'advice', null],
    ['displayName', 'Contoso AD FS', 'advice', null],
    // Good for every domain, as microsoft-365.md says.
    ['passiveSignInUri', 'https://login.example.com/wsfed', 'advice', null],
    ['passiveSignInUri', 'https://login.example.com/saml/sso', 'broken', null],
    ['signOutUri', 'https://login.example.com/wsfed', 'advice', null],
    ['metadataExchangeUri', null, 'advice', null],
    ['activeSignInUri', 'https://sts.example.org/active', 'advice', null],
    ['federatedIdpMfaBehavior', 'rejectMfaByFederatedIdp', 'advice', null],
    ['federatedIdpMfaBehavior', null, 'advice', null],
    ['promptLoginBehavior', null, 'advice', null],
    ['isSignedAuthenticationRequestRequired', true, 'advice', null],
  ])('%s %j is %s, %s', (setting, value, weight, code) => {
    expect(compareFederation(read({ [setting]: value }), ours, now)).toMatchObject([
      { setting, weight, code },
    ]);
  });

  test.each(['saml', 'wsFed'] as const)(
    'by %s it looks at all that the script would write',
    (protocol) => {
      const rolling = { certificate: next.certificate, signsFrom: now + 86_400_000 };
      const whole = ourFederation(
        'example.org',
        { ...issuer, next: rolling },
        {
          ...{ ...choices, protocol },
        },
      );
      const body: Record<string, unknown> = federationBody(whole);
      expect(compareFederation(read(body), whole, now)).toEqual([]);
      for (const [setting, value] of Object.entries(body)) {
        const changed = { ...body, [setting]: typeof value === 'boolean' ? !value : 'other' };
        expect(compareFederation(read(changed), whole, now)).toContainEqual(
          expect.objectContaining({ setting }),
        );
        expect(planText(read(changed), whole, now)).not.toContain('Nothing would change.');
        expect(planText(null, whole, now).join('\n')).toContain(`  ${setting} `);
      }
      const before = { ...body, signingCertificate: bare(next.certificate) };
      expect(
        compareFederation(
          read({ ...before, nextSigningCertificate: bare(signing.certificate) }),
          whole,
          now,
        ),
      ).toMatchObject([
        { setting: 'signingCertificate' },
        { setting: 'nextSigningCertificate', code: null },
      ]);
    },
  );

  test('an address for every domain is said to work', () => {
    const settings = read({ passiveSignInUri: 'https://login.example.com/wsfed' });
    const text = planText(settings, ours, now).join('\n');
    expect(text).toContain('~ passiveSignInUri');
    expect(text).toContain('It works as it is');
  });

  test('a certificate that the tenant has as the next one signs without a complaint', () => {
    const settings = {
      signingCertificate: bare(other.certificate),
      nextSigningCertificate: bare(signing.certificate),
    };
    expect(compareFederation(read(settings), ours, now)).toMatchObject([
      { setting: 'signingCertificate', weight: 'advice' },
    ]);
  });

  test('a next certificate of ours is wanted before it signs', () => {
    const rolling = { certificate: next.certificate, signsFrom: now + 86_400_000 };
    const soon = { ...ours, issuer: { ...issuer, next: rolling } };
    expect(compareFederation(read(), soon, now)).toMatchObject([
      { setting: 'nextSigningCertificate', code: 'AADSTS5000811', weight: 'advice' },
    ]);
    const known = read({ nextSigningCertificate: bare(next.certificate) });
    expect(compareFederation(known, soon, now)).toEqual([]);
  });
});

test('requests that have to be signed here have to be signed there', () => {
  const strict = ourFederation('example.org', issuer, {
    ...{ ...choices, protocol: 'saml', signedRequests: true },
  });
  const there = {
    preferredAuthenticationProtocol: 'saml',
    passiveSignInUri: strict.passiveSignInUri,
  };
  const differing = compareFederation(read(there), strict, now);
  expect(differing).toContainEqual(
    expect.objectContaining({
      setting: 'isSignedAuthenticationRequestRequired',
      weight: 'broken',
      ours: 'true',
    }),
  );
  const signed = read({ ...there, isSignedAuthenticationRequestRequired: true });
  expect(compareFederation(signed, strict, now).map(({ setting }) => setting)).not.toContain(
    'isSignedAuthenticationRequestRequired',
  );
});

describe('a domain below another one of the same issuer', () => {
  const family = { ...issuer, domains: ['example.org', 'sub.example.org'] };
  test('has nothing to be set, and its parent no warning', () => {
    const below = ourFederation('sub.example.org', family, { ...choices, protocol: 'wsFed' });
    expect(planText(null, below, now).at(-1)).toContain('inherits the federation of example.org');
    const parent = ourFederation('example.org', family, { ...choices, protocol: 'wsFed' });
    expect(planText(null, parent, now).join('\n')).not.toContain('Warning');
  });
  test('a stranger beside it is warned about', () => {
    const mixed = { ...issuer, domains: ['example.org', 'other.example'] };
    const one = ourFederation('example.org', mixed, { ...choices, protocol: 'wsFed' });
    expect(planText(null, one, now).join('\n')).toContain(
      'the issuer speaks for other.example too',
    );
  });
});

describe('settings are read as they are printed', () => {
  test.each([
    ['by Graph', JSON.stringify({ value: [right] })],
    ['with a byte order mark', `\ufeff${JSON.stringify(right)}`],
    [
      'by PowerShell',
      JSON.stringify([
        Object.fromEntries(
          Object.entries(right).map(([name, value]) => [
            name[0]?.toUpperCase() + name.slice(1),
            value,
          ]),
        ),
      ]),
    ],
  ])('%s', (_, json) => {
    const settings = readTenantSettings(json);
    expect(settings).toMatchObject({ ok: true, value: { issuerUri: right.issuerUri } });
  });

  test('the domain that the answer of Graph is about', () => {
    const context = "https://graph.microsoft.com/v1.0/$metadata#domains('Example.org')/x";
    const json = JSON.stringify({ '@odata.context': context, value: [right] });
    expect(readTenantSettings(json, 'example.org')).toMatchObject({ ok: true });
    expect(readTenantSettings(json, 'example.com')).toEqual({
      ok: false,
      failure: 'is about example.org, not about example.com',
    });
  });

  test('a domain that is not federated has none', () => {
    expect(readTenantSettings('{"value":[]}')).toEqual({ ok: true, value: null });
  });

  test.each(['', 'no', '[]x', '{}', '[{},{}]', '{"issuerUri":7}', JSON.stringify([right, right])])(
    'not %s',
    (json) => {
      expect(readTenantSettings(json)).toMatchObject({ ok: false });
    },
  );

  vectorTest(
    'the documented request',
    ['microsoft-365/graph/post-federationConfiguration-request.json'],
    (json = '') => {
      expect(readTenantSettings(json)).toMatchObject({
        ok: true,
        value: { issuerUri: 'http://contoso.com/adfs/services/trust' },
      });
    },
  );
});

describe('m365 plan', () => {
  let installation: TestInstallation;
  beforeAll(() => {
    installation = testInstallation();
  });
  afterAll(() => installation.remove());

  test('without settings says what the domain would get', async () => {
    const { code, out, err } = await installation.call(['m365', 'plan', '--domain', 'example.org']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('https://login.example.com/saml/example-org');
    expect(out).toContain('The tenant does not federate this domain.');
    expect(out).toMatch(/signingCertificate +[0-9a-f]{16}\.\.\. until/);
  });

  test('with the settings of AD FS says what would become of each', async () => {
    const adfs = {
      ...right,
      issuerUri: 'http://example.org/adfs/services/trust/',
      passiveSignInUri: 'https://sts.example.org/adfs/ls/',
    };
    const { code, out } = await installation.call(
      ['m365', 'plan', '-', '--domain', 'EXAMPLE.org'],
      JSON.stringify(adfs),
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /! issuerUri\n {4}now +http:\/\/example.org\/adfs\/services\/trust\/\n {4}becomes/,
    );
    expect(out).toContain('AADSTS50107');
  });

  test('several domains at once, each with what the tenant has', async () => {
    const whole = await installation.call(['m365', 'plan']);
    expect(whole.code).toBe(0);
    for (const domain of ['example.com', 'example.org']) {
      expect(whole.out).toMatch(new RegExp(`Domain +${domain}`));
    }
    const expanded = {
      '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#domains',
      value: [
        { id: 'Example.org', authenticationType: 'Federated', federationConfiguration: [right] },
        { id: 'example.com', authenticationType: 'Managed', federationConfiguration: [] },
        {
          ...{ id: 'adatum.example', authenticationType: 'Federated', unknown: { a: [1] } },
          federationConfiguration: [{ ...right, issuerUri: 'urn:adatum' }],
        },
      ],
    };
    const { code, out } = await installation.call(['m365', 'plan', '-'], JSON.stringify(expanded));
    expect(code).toBe(0);
    const [com = '', org = ''] = out.split(/(?=Domain +example.org)/);
    expect(com).toContain('The tenant does not federate this domain.');
    expect(org).toContain('! signingCertificate');
    expect(org).toContain('adatum.example  federated with urn:adatum');
    const one = await installation.call(
      ['m365', 'plan', '-', '--domain', 'example.org'],
      JSON.stringify(expanded),
    );
    expect(one.out).not.toMatch(/Domain +example.com/);
    expect(one.out).toContain('! signingCertificate');
  });

  test('wrong calls say what would be right', async () => {
    expect(await installation.call(['m365', 'plan', '-'], JSON.stringify(right))).toMatchObject({
      code: 2,
      err: expect.stringContaining('--domain names one of example.com, example.org'),
    });
    const several = JSON.stringify([right, right]);
    expect(await installation.call(['m365', 'plan', '-'], several)).toMatchObject({
      code: 2,
      err: expect.stringContaining('domainId'),
    });
    const foreign = await installation.call(['m365', 'plan', '--domain', 'other.example']);
    expect(foreign).toMatchObject({ code: 2, err: expect.stringContaining('other.example') });
    const oneDomain = ['--domain', 'example.org'];
    for (const wrong of [['--protocol', 'oidc'], ['--mfa', 'maybe'], ['nowhere.json']]) {
      const { code } = await installation.call(['m365', 'plan', ...oneDomain, ...wrong]);
      expect({ wrong, code }).toEqual({ wrong, code: 2 });
    }
  });
});
