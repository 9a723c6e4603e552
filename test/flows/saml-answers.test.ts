import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SamlConfig } from '@node-saml/node-saml';
import { TestBrowser, type Visit } from '../support/browser.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { postedXml, SamlClient, statusOf } from '../support/saml/saml-client.js';
import { samlParty } from '../support/saml/saml-party.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { testKey } from '../unit/saml-core/support/key-pairs.js';
import { xmlsecVerify } from '../unit/saml-core/support/xmlsec.js';

const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';

const key = testKey('rsa:2048', 'service');
const encrypting = { encryptionCertificates: [key.certificate] };
const attributes = {
  'urn:oid:0.9.2342.19200300.100.1.3': {
    from: 'mail',
    name_format: 'uri',
    friendly_name: 'mail',
  },
  displayName: 'name',
  memberOf: 'groups',
  department: 'department',
  nickname: 'nickname',
};
const single = {
  policy: { factors: 1, maxAge: null, allowedFactors: null, groups: null },
} as const;
const party = (
  id: string,
  settings: Record<string, unknown> = {},
  metadata: NonNullable<Parameters<typeof samlParty>[2]>['metadata'] = {},
) => samlParty(id, settings, { metadata, party: single });

let server: TestServer;
let browser: TestBrowser;
let id: string;

beforeAll(async () => {
  server = await startTestServer({
    configuration: (url) => ({
      issuers: [
        { id: 'default', entityId: url, domains: [] },
        { id: 'north', entityId: 'https://north.example.org/saml', domains: [] },
      ],
    }),
    relyingParties: [
      party('plain'),
      party('by-mail', { name_id: 'email' }),
      party('by-visit', { name_id: 'transient' }),
      party('by-field', { name_id: { format: 'unspecified', from: 'username' } }),
      party('by-nothing', { name_id: { format: 'persistent', from: 'nickname' } }),
      party('told', { attributes }),
      party('sealed', {}, { ...encrypting, encryptionExplicit: true }),
      party('open', {}, { ...encrypting, encryptionExplicit: false }),
      party('always', { encrypt_assertions: 'always' }, encrypting),
      party('keyless', { encrypt_assertions: 'always' }),
      party('never', { encrypt_assertions: 'never' }, { ...encrypting, encryptionExplicit: true }),
      party('assertion-only', { sign: 'assertion' }),
      party('response-only', { sign: 'response' }),
      party('wants-both', { sign: 'response' }, { wantAssertionsSigned: true }),
      party('signing', {}, { signingCertificates: [key.certificate], authnRequestsSigned: true }),
      party('northern', { issuer: 'north' }),
    ],
  });
  const { person } = await addPerson(server.drawbridge, 'anna', {
    otp: false,
    groups: ['staff', 'a & b'],
  });
  id = person.id;
  await server.drawbridge.parts.people.update(person.id, {
    name: 'Anna <script> "Öst" {attrUserMail}',
    attributes: { department: ['Sales'] },
  });
  browser = new TestBrowser();
  const service = await client('plain');
  const page = await browser.open(await service.requestUrl());
  await service.receive(await browser.submit(page, { username: 'anna', password: PASSWORD }));
});
afterAll(() => server.close());

const client = (name: string, options: Partial<SamlConfig> = {}) =>
  SamlClient.discover(name, server.url, options);

async function enter(name: string, options: Partial<SamlConfig> = {}) {
  const service = await client(name, options);
  const page = await browser.open(await service.requestUrl());
  return { service, page, ...(await service.receive(page)) };
}

/** What the page of a service that gets nothing posts. */
async function refused(name: string, options: Partial<SamlConfig> = {}): Promise<Visit> {
  return browser.open(await (await client(name, options)).requestUrl());
}

describe('how a person is named', () => {
  test('persistent: the same at every visit, another one for every service', async () => {
    const [one, again, other] = [await enter('plain'), await enter('plain'), await enter('open')];
    expect(one.profile).toMatchObject({
      nameIDFormat: PERSISTENT,
      nameQualifier: server.url,
      spNameQualifier: 'https://plain.example.org/saml',
    });
    expect(again.profile.nameID).toBe(one.profile.nameID);
    expect(other.profile.nameID).not.toBe(one.profile.nameID);
  });

  test('persistent: of parallel first visits all get the same', async () => {
    const service = await client('assertion-only', { wantAuthnResponseSigned: false });
    const urls = await Promise.all(Array.from({ length: 8 }, () => service.requestUrl()));
    const pages = await Promise.all(urls.map((url) => browser.open(url)));
    const names = await Promise.all(
      pages.map(async (page) => (await service.receive(page)).profile.nameID),
    );
    expect(new Set(names).size).toBe(1);
  });

  test('transient: another one at every visit', async () => {
    const [one, other] = [await enter('by-visit'), await enter('by-visit')];
    expect(one.profile.nameIDFormat).toBe(TRANSIENT);
    expect(other.profile.nameID).not.toBe(one.profile.nameID);
  });

  test('by mail address', async () => {
    const { profile } = await enter('by-mail');
    expect(profile).toMatchObject({ nameIDFormat: EMAIL, nameID: 'anna@example.org' });
    expect(profile.nameQualifier).toBeUndefined();
  });

  test('by a field', async () => {
    const { profile } = await enter('by-field');
    expect(profile).toMatchObject({ nameIDFormat: UNSPECIFIED, nameID: 'anna' });
  });

  test('by a field that is empty: nothing goes, and the audit row names the field', async () => {
    const page = await refused('by-nothing');
    expect(statusOf(page)).toEqual(['Responder']);
    const row = await lastRefusal('by-nothing');
    expect(row).toMatchObject({ reason: 'assertion_impossible', person_id: id });
    expect(JSON.parse(row?.data ?? '')).toMatchObject({ detail: 'name-id-field-empty: nickname' });
  });

  test.each([
    ['plain', TRANSIENT, TRANSIENT],
    ['by-visit', PERSISTENT, PERSISTENT],
    ['by-visit', UNSPECIFIED, TRANSIENT],
    ['told', EMAIL, EMAIL],
  ])('%s asks for %s', async (name, identifierFormat, given) => {
    expect((await enter(name, { identifierFormat })).profile.nameIDFormat).toBe(given);
  });

  test.each([
    ['an address that it may not have', { identifierFormat: EMAIL }],
    ['a name from the circle of another service', { spNameQualifier: 'https://other.example' }],
  ])('asking for %s gets InvalidNameIDPolicy', async (_what, options) => {
    const page = await refused('plain', { identifierFormat: PERSISTENT, ...options });
    expect(statusOf(page)).toEqual(['Requester', 'InvalidNameIDPolicy']);
  });

  test('a request that means somebody: that person, or UnknownPrincipal', async () => {
    const service = await client('plain');
    const { profile } = await enter('plain');
    const naming = (name: string) =>
      service.requestUrlWith((xml) =>
        xml.replace(
          '</saml:Issuer>',
          `</saml:Issuer><saml:Subject xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:NameID>${name}</saml:NameID></saml:Subject>`,
        ),
      );
    const meant = await service.receive(await browser.open(await naming(profile.nameID)));
    expect(meant.profile.nameID).toBe(profile.nameID);
    expect(statusOf(await browser.open(await naming('somebody-else')))).toEqual([
      'Responder',
      'UnknownPrincipal',
    ]);
  });
});

describe('what else is told', () => {
  test('what the operator releases, with all its values, and nothing else', async () => {
    const { profile, page } = await enter('told');
    const told = (profile as unknown as { attributes: Record<string, unknown> }).attributes;
    expect(told).toEqual({
      'urn:oid:0.9.2342.19200300.100.1.3': 'anna@example.org',
      displayName: 'Anna <script> "Öst" {attrUserMail}',
      memberOf: expect.arrayContaining(['staff', 'a & b']),
      department: 'Sales',
    });
    expect(postedXml(page)).toContain('FriendlyName="mail"');
    expect(postedXml(page)).toContain(
      'NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"',
    );
  });

  test('nothing without a release policy', async () => {
    const { page } = await enter('plain');
    expect(postedXml(page)).not.toContain('AttributeStatement');
  });

  test('for whom, for how long, and until when the session lasts', async () => {
    const { page, service } = await enter('plain');
    const xml = postedXml(page);
    const at = (name: string) => Date.parse(new RegExp(`${name}="([^"]+)"`).exec(xml)?.[1] ?? '');
    expect(xml).toContain(`Recipient="${service.saml.options.callbackUrl}"`);
    expect(xml).toContain('>https://plain.example.org/saml</saml:Audience>');
    expect(at('NotOnOrAfter') - at('IssueInstant')).toBe(5 * 60_000);
    expect(at('SessionNotOnOrAfter')).toBeGreaterThan(Date.now() + 11 * 3_600_000);
  });
});

describe('how it is protected', () => {
  const signatures = (xml: string) => [...xml.matchAll(/<ds:Signature /g)].length;

  test('both signed: xmlsec1 agrees about either', async () => {
    const { page } = await enter('plain');
    const xml = postedXml(page);
    const certificate = defaultKey();
    xmlsecVerify(xml, certificate);
    xmlsecVerify(xml, certificate, "/*/*[local-name()='Assertion']/*[local-name()='Signature']");
    expect(signatures(xml)).toBe(2);
  });

  test.each([
    ['assertion-only', { wantAuthnResponseSigned: false }, 1],
    ['response-only', { wantAssertionsSigned: false }, 1],
    ['wants-both', {}, 2],
  ])('%s', async (name, options, count) => {
    const { page } = await enter(name, options);
    expect(signatures(postedXml(page))).toBe(count);
  });

  test.each(['sealed', 'always'])(
    '%s: the assertion is encrypted for the service',
    async (name) => {
      const { page, profile } = await enter(name, { decryptionPvk: key.pem });
      expect(postedXml(page)).not.toContain('<saml:Assertion');
      expect(postedXml(page)).not.toContain(profile.nameID);
    },
  );

  test.each(['open', 'never'])('%s: it is not', async (name) => {
    expect(postedXml((await enter(name)).page)).toContain('<saml:Assertion');
  });

  test('where it must be and there is no key, the service is not in force', async () => {
    expect((await refused('keyless')).status).toBe(400);
  });

  test('a status is signed too', async () => {
    xmlsecVerify(postedXml(await refused('by-nothing')), defaultKey());
  });
});

describe('requests that are signed', () => {
  test('are taken by Redirect and by POST', async () => {
    const signed = { privateKey: key.pem };
    await enter('signing', signed);
    const service = await client('signing', {
      ...signed,
      authnRequestBinding: 'HTTP-POST',
      skipRequestCompression: true,
    });
    const parked = await browser.request(`${server.url}/saml/sso`, {
      method: 'POST',
      body: new URLSearchParams(await service.requestForm()),
    });
    await service.receive(await browser.follow(parked));
  });

  test('are demanded where the metadata says so', async () => {
    expect((await refused('signing')).status).toBe(400);
  });
});

describe('another issuer', () => {
  const north: Partial<SamlConfig> = { idpIssuer: 'https://north.example.org/saml' };

  test('answers in its own name, with its own key', async () => {
    const options = { ...north, entryPoint: `${server.url}/saml/north/sso` };
    const { page } = await enter('northern', options);
    expect(postedXml(page)).toContain('>https://north.example.org/saml</saml:Issuer>');
    expect(() => xmlsecVerify(postedXml(page), { certificate: '' })).toThrow();
  });

  test('does not answer the services of the first one, nor the first one its', async () => {
    expect((await refused('northern')).status).toBe(400);
    const options = { ...north, entryPoint: `${server.url}/saml/north/sso` };
    expect((await refused('plain', options)).status).toBe(400);
  });

  test.each(['/saml/default/sso', '/saml/nowhere/sso'])('there is nothing at %s', async (path) => {
    expect((await browser.request(server.url + path)).status).toBe(404);
  });
});

function defaultKey(): { certificate: string } {
  const { base } = server.drawbridge;
  const [signing] = base.keys.keys('default', 'saml');
  return { certificate: signing?.certificate ?? '' };
}

async function lastRefusal(relyingParty: string) {
  return server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .selectAll()
    .where('relying_party', '=', relyingParty)
    .where('kind', '=', 'request.refused')
    .orderBy('at', 'desc')
    .executeTakeFirst();
}
