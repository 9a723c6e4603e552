import { expect, test } from '@jest/globals';
import type { SamlSettings } from '../../../../src/protocols/saml/saml-settings.js';
import { decidePolicy } from '../../../../src/relying-parties/decide-policy.js';
import { expandProfile } from '../../../../src/relying-parties/microsoft-365/expand-profile.js';
import { profileParties } from '../../../support/microsoft-365/profile-scene.js';

const source = { file: 'm.yaml', env: {}, place: 'm' };
const document = { id: 'm', name: 'M', profile: 'microsoft-365', domains: ['example.com'] };

test('a rule that names the document is about both parties, one that names a party about that one', async () => {
  const parties = await profileParties(
    'id: m\nname: M\nprofile: microsoft-365\ndomains: [example.com]\n',
  );
  const allowedBy = (named: string) =>
    parties.map((relyingParty) => {
      const when = { relyingParties: [named], groups: null, networks: null, outsideNetworks: null };
      const asked = { factors: 1, maxAge: null, allowedFactors: null } as const;
      const facts = { relyingParty, person: { groups: [] }, inNetworks: () => true, asked };
      return decidePolicy(facts, [{ name: 'closed', when, then: { deny: true } }]).allowed;
    });
  expect(allowedBy('m')).toEqual([false, false]);
  expect(allowedBy('m-ws-federation')).toEqual([true, false]);
  expect(allowedBy('other')).toEqual([true, true]);
});

test('one document becomes a party of each protocol, for the same realm and address', async () => {
  const parties = await profileParties(
    'id: m\nname: M\nprofile: microsoft-365\nhome_url: https://m.example/\ndomains: [Example.com]\npolicy: { factors: 1, groups: [staff] }\n',
  );
  expect(parties.map(({ id, protocol, homeUrl }) => [id, protocol, homeUrl])).toEqual([
    ['m', 'saml', 'https://m.example/'],
    ['m-ws-federation', 'ws-federation', null],
  ]);
  for (const { policy, name } of parties) {
    expect(name).toBe('M');
    expect(policy).toMatchObject({ factors: 1, groups: ['staff'] });
  }
  const settings = parties[0]?.settings as SamlSettings;
  expect(settings).toMatchObject({
    domains: ['example.com'],
    sign: 'assertion',
    signature: 'rsa-sha256',
    encrypt_assertions: 'never',
    allow_idp_initiated: false,
    require_signed_requests: false,
  });
  expect(parties[1]?.settings).toMatchObject({ domains: ['example.com'], issuer_by_domain: true });
  expect(settings.metadata?.acs.map(({ url }) => url)).toEqual([
    'https://login.microsoftonline.com/login.srf',
  ]);
});

test('documents without a profile are let be', () => {
  expect(expandProfile({ id: 'x' }, source)).toEqual({ ok: true, value: [{ id: 'x' }] });
  expect(expandProfile(null, source)).toEqual({ ok: true, value: [null] });
});

test.each([
  ['another profile', { ...document, profile: 'google' }, 'm: profile'],
  ['no domain', { ...document, domains: [] }, 'm: domains'],
  ['what is no domain', { ...document, domains: ['*.example.com'] }, 'm: domains'],
  ['a domain of Microsoft', { ...document, domains: ['Contoso.onMicrosoft.com'] }, 'm: domains'],
  [
    'one that routes mail there',
    { ...document, domains: ['a.b', 'c.mail.onmicrosoft.com'] },
    'm: domains',
  ],
  ['one of another cloud', { ...document, domains: ['c.partner.onmschina.cn'] }, 'm: domains'],
  ['a protocol beside it', { ...document, protocol: 'saml' }, 'm: protocol'],
  ['an unknown key', { ...document, domain: 'example.com' }, 'm: domain'],
  ['another signature', { ...document, signature: 'md5' }, 'm: signature'],
])('%s is refused, and said where', (_name, written, path) => {
  const read = expandProfile(written, source);
  expect(read.ok ? [] : read.failure.map((problem) => problem.path)).toContain(path);
});

test('what the two share is complained about once', async () => {
  await expect(
    profileParties(
      'id: m\nname: M\nprofile: microsoft-365\ndomains: [a.b]\npolicy: { factors: 3 }\n',
    ),
  ).rejects.toThrow(/^((?!policy.*policy).)*$/);
});
