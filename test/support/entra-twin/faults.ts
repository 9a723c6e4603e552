import { decodeJwt, importPKCS8, SignJWT, type JWTPayload } from 'jose';
import type { AadstsCode } from '../../../src/entra-twin/aadsts-code.js';
import type { FederationAttempt } from '../../../src/entra-twin/rehearse-federation.js';
import { changeSigned } from './sign-xml.js';
import { makeKey, type MadeKey } from './test-key.js';
import type { TwinScene } from './twin-scene.js';
import type { AnswerOnTheWire, WireChange } from './wire-fault.js';

/** Something that is wrong with an answer, and what Entra would show for it. */
export interface Fault {
  name: string;
  code: AadstsCode;
  attempt: FederationAttempt | 'external-mfa';
  change(scene: TwinScene): WireChange;
}

const saml: FederationAttempt = {
  protocol: 'saml',
  form: 'minimal-2021',
  multiFactor: false,
  fresh: false,
};
const wsFed: FederationAttempt = { protocol: 'wsFed', form: 'plain' };

let unknown: MadeKey | null = null;
const unknownKey = () => (unknown ??= makeKey('unknown'));

const field =
  (name: string, change: (value: string) => string | Promise<string>): WireChange =>
  async (answer) => ({
    ...answer,
    fields: { ...answer.fields, [name]: await change(answer.fields[name] ?? '') },
  });

const decoded = (change: (xml: string) => string | Promise<string>): WireChange =>
  field('SAMLResponse', async (value) =>
    Buffer.from(await change(Buffer.from(value, 'base64').toString())).toString('base64'),
  );

/** A response that is well signed and says something else. */
const signedSaml = (
  name: string,
  code: AadstsCode,
  change: (xml: string, scene: TwinScene) => string,
  attempt: FederationAttempt = saml,
): Fault => ({
  name: `SAML: ${name}`,
  code,
  attempt,
  change: (scene) =>
    decoded((xml) => changeSigned(xml, (one) => change(one, scene), scene.federationKey)),
});

const signedToken = (
  name: string,
  code: AadstsCode,
  change: (xml: string, scene: TwinScene) => string,
  attempt: FederationAttempt = wsFed,
): Fault => ({
  name: `WS-Federation: ${name}`,
  code,
  attempt,
  change: (scene) =>
    field('wresult', (xml) => changeSigned(xml, (one) => change(one, scene), scene.federationKey)),
});

const long = 3 * 3_600_000;
const earlier = (xml: string, pattern: RegExp) =>
  xml.replaceAll(pattern, (_, name: string, at: string) => {
    return `${name}="${new Date(Date.parse(at) - long).toISOString()}"`;
  });

export const federationFaults: readonly Fault[] = [
  signedSaml('another issuer', 'AADSTS50107', (xml) =>
    xml.replaceAll(/(<(?:\w+:)?Issuer\b[^>]*>)[^<]*/g, '$1https://idp.example.com/other'),
  ),
  signedSaml('ImmutableID of nobody', 'AADSTS51004', (xml, { person }) =>
    xml.replace(person.immutableId, 'AAAAAAAAAAAAAAAAAAAAAA=='),
  ),
  signedSaml('ImmutableID of somebody else', 'AADSTS51004', (xml, { person, otherPerson }) =>
    xml.replace(person.immutableId, otherPerson.immutableId),
  ),
  {
    name: 'SAML: a key that nobody registered',
    code: 'AADSTS5000811',
    attempt: saml,
    change: () => decoded((xml) => changeSigned(xml, (one) => `${one} `, unknownKey())),
  },
  {
    name: 'SAML: changed after it was signed',
    code: 'AADSTS50008',
    attempt: saml,
    change: ({ person, otherPerson }) =>
      decoded((xml) => xml.replace(person.immutableId, otherPerson.immutableId)),
  },
  {
    name: 'SAML: not signed',
    code: 'AADSTS50008',
    attempt: saml,
    change: () =>
      decoded((xml) => xml.replaceAll(/<(\w+:)?Signature\b[\s\S]*?<\/(\w+:)?Signature>/g, '')),
  },
  {
    name: 'SAML: a second, forged assertion in front',
    code: 'AADSTS50008',
    attempt: saml,
    change: ({ person, otherPerson }) =>
      decoded((xml) => {
        const [assertion = ''] = /<(\w+:)?Assertion\b[\s\S]*<\/(\w+:)?Assertion>/.exec(xml) ?? [];
        const forged = assertion
          .replace(/ ID="[^"]+"/, ' ID="_forged"')
          .replace(person.immutableId, otherPerson.immutableId);
        return xml.replace(assertion, forged + assertion);
      }),
  },
  signedSaml('AuthenticatingAuthority', 'AADSTS500132', (xml) =>
    xml.replace(
      /(<\/(\w+:)?AuthnContextClassRef>)/,
      '$1<$2AuthenticatingAuthority>https://upstream.example.com</$2AuthenticatingAuthority>',
    ),
  ),
  signedSaml('expired', 'AADSTS50008', (xml) =>
    earlier(xml, /(NotBefore|NotOnOrAfter|IssueInstant)="([^"]+)"/g),
  ),
  signedSaml('another audience', 'AADSTS50008', (xml) =>
    xml.replace(/urn:federation:MicrosoftOnline(?=<\/(\w+:)?Audience>)/, 'urn:federation:other'),
  ),
  signedSaml('unasked, and for another audience', 'AADSTS90019', (xml) =>
    xml
      .replaceAll(/ InResponseTo="[^"]*"/g, '')
      .replace(/urn:federation:MicrosoftOnline(?=<\/(\w+:)?Audience>)/, 'urn:federation:other'),
  ),
  signedSaml('another recipient', 'AADSTS50008', (xml) =>
    xml.replace(/Recipient="[^"]*"/, 'Recipient="https://login.microsoftonline.com/login"'),
  ),
  signedSaml('an answer to another request', 'AADSTS50008', (xml) =>
    xml.replaceAll(/InResponseTo="[^"]*"/g, 'InResponseTo="_another"'),
  ),
  {
    name: 'SAML: one byte of RelayState',
    code: 'AADSTS20012',
    attempt: saml,
    change: () => field('RelayState', (value) => `${value.slice(0, -1)}~`),
  },
  signedSaml('encrypted', 'AADSTS20012', (xml) =>
    xml.replace(
      /(<(\w+:)?Assertion\b)/,
      '<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>$1',
    ),
  ),
  signedSaml('NameID that is a mail address', 'AADSTS50008', (xml) =>
    xml.replace(
      'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    ),
  ),
  signedSaml('no IDPEmail', 'AADSTS50008', (xml) => xml.replace('"IDPEmail"', '"mail"')),
  signedSaml('UPN of somebody else', 'AADSTS50034', (xml, { person, otherPerson }) =>
    xml.replaceAll(person.upn, otherPerson.upn),
  ),
  signedSaml('UPN of a domain of somebody else', 'AADSTS50020', (xml, { person }) =>
    xml.replaceAll(person.upn, 'ada@other.example'),
  ),
  signedSaml(
    'two factors asked for and not asserted',
    'AADSTS75011',
    (xml) =>
      xml.replaceAll(
        'http://schemas.microsoft.com/claims/multipleauthn',
        'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      ),
    { ...saml, multiFactor: true },
  ),
  signedSaml(
    'a new sign-in asked for and an old one asserted',
    'AADSTS75011',
    (xml) => earlier(xml, /(AuthnInstant)="([^"]+)"/g),
    { ...saml, fresh: true },
  ),
  signedSaml('a guest without mail', 'AADSTS5000819', (xml) =>
    xml.replace(
      /urn:federation:MicrosoftOnline(?=<\/(\w+:)?Audience>)/,
      'https://login.microsoftonline.com/14c2f153-90a7-4689-9db7-9543bf084dad/',
    ),
  ),
  {
    name: 'WS-Federation: one byte of wctx',
    code: 'AADSTS20012',
    attempt: wsFed,
    change: () => field('wctx', (value) => value.replace('estsredirect=2', 'estsredirect=3')),
  },
  signedToken('no ImmutableID', 'AADSTS90020', (xml) =>
    xml.replace('"ImmutableID"', '"ImmutableId"'),
  ),
  signedToken('another issuer', 'AADSTS50107', (xml) =>
    xml.replace(/ Issuer="[^"]*"/, ' Issuer="https://idp.example.com/other"'),
  ),
  signedToken('a NameIdentifier that is another ImmutableID', 'AADSTS51004', (xml, scene) =>
    xml.replaceAll(
      new RegExp(
        `${scene.person.immutableId.replaceAll('+', '\\+')}(?=</(\\w+:)?NameIdentifier>)`,
        'g',
      ),
      scene.otherPerson.immutableId,
    ),
  ),
  signedToken('expired', 'AADSTS50008', (xml) =>
    earlier(xml, /(NotBefore|NotOnOrAfter)="([^"]+)"/g),
  ),
  signedToken('for somebody else', 'AADSTS20012', (xml) =>
    xml.replace(/urn:federation:MicrosoftOnline(?=<\/(\w+:)?Address>)/, 'urn:federation:other'),
  ),
  {
    name: 'WS-Federation: a key that nobody registered',
    code: 'AADSTS5000811',
    attempt: wsFed,
    change: () => field('wresult', (xml) => changeSigned(xml, (one) => `${one} `, unknownKey())),
  },
  {
    name: 'WS-Federation: a token of SAML 2.0',
    code: 'AADSTS50008',
    attempt: wsFed,
    change: () =>
      field('wresult', (xml) =>
        xml.replaceAll(
          'urn:oasis:names:tc:SAML:1.0:assertion',
          'urn:oasis:names:tc:SAML:2.0:assertion',
        ),
      ),
  },
  signedToken(
    'two factors asked for and not asserted',
    'AADSTS75011',
    (xml) =>
      xml.replaceAll(
        'http://schemas.microsoft.com/claims/multipleauthn',
        'urn:oasis:names:tc:SAML:1.0:am:password',
      ),
    { protocol: 'wsFed', form: 'step-up' },
  ),
  signedToken(
    'a new sign-in asked for and an old one asserted',
    'AADSTS75011',
    (xml) => earlier(xml, /(AuthenticationInstant)="([^"]+)"/g),
    { protocol: 'wsFed', form: 'prompt-login' },
  ),
];

const claims = (
  name: string,
  code: AadstsCode,
  change: (claims: JWTPayload) => JWTPayload,
  how: { alg?: string; kid?: string; key?: () => MadeKey } = {},
): Fault => ({
  name: `External MFA: ${name}`,
  code,
  attempt: 'external-mfa',
  change: ({ providerKey }) =>
    field('id_token', async (token) => {
      const key = how.key?.() ?? providerKey;
      return new SignJWT(change(decodeJwt(token)))
        .setProtectedHeader({ alg: how.alg ?? 'RS256', kid: how.kid ?? providerKey.kid })
        .sign(await importPKCS8(key.privateKey, how.alg ?? 'RS256'));
    }),
});

const without = (name: string) => (all: JWTPayload) => {
  const { [name]: _, ...rest } = all;
  return rest;
};

export const externalMfaFaults: readonly Fault[] = [
  claims('no nonce', 'AADSTS50027', without('nonce')),
  claims('another nonce', 'AADSTS50027', (all) => ({ ...all, nonce: 'another' })),
  claims('another sub', 'AADSTS50027', (all) => ({ ...all, sub: 'another' })),
  claims('another issuer', 'AADSTS50027', (all) => ({ ...all, iss: `${all.iss}/` })),
  claims('another audience', 'AADSTS50027', (all) => ({ ...all, aud: 'another' })),
  claims('expired', 'AADSTS50027', (all) => ({
    ...all,
    iat: (all.iat ?? 0) - 7200,
    exp: (all.exp ?? 0) - 7200,
  })),
  claims('a key that nobody publishes', 'AADSTS50012', (all) => all, { kid: 'another' }),
  claims('a signature by another key', 'AADSTS50012', (all) => all, { key: unknownKey }),
  claims('another algorithm', 'AADSTS70002', (all) => all, { alg: 'PS256' }),
  claims('two methods', 'AADSTS5001257', (all) => ({ ...all, amr: ['otp', 'swk'] })),
  claims('a method that is no list', 'AADSTS5001257', (all) => ({ ...all, amr: 'otp' })),
  claims('no acr', 'AADSTS5001258', without('acr')),
  {
    name: 'External MFA: one byte of state',
    code: 'AADSTS50027',
    attempt: 'external-mfa',
    change: () => field('state', (value) => `${value.slice(0, -1)}~`),
  },
  {
    name: 'External MFA: refused',
    code: 'AADSTS50012620',
    attempt: 'external-mfa',
    change: () => (answer: AnswerOnTheWire) => ({
      action: answer.action,
      fields: { error: 'access_denied', state: answer.fields['state'] ?? '' },
    }),
  },
  {
    name: 'External MFA: not signed at all',
    code: 'AADSTS70002',
    attempt: 'external-mfa',
    change: () =>
      field('id_token', (token) => {
        const header = Buffer.from('{"alg":"none"}').toString('base64url');
        return `${header}.${token.split('.')[1] ?? ''}.`;
      }),
  },
];

/** A cell of the matrix that was measured. */
export const matrixFault = (acr: string, amr: string, code: AadstsCode): Fault =>
  claims(`acr ${acr} and amr ${amr}`, code, (all) => ({ ...all, acr, amr: [amr] }));

export const matrixChange = (acr: string, amr: string): Fault['change'] =>
  claims('', 'AADSTS5001258', (all) => ({ ...all, acr, amr: [amr] })).change;
