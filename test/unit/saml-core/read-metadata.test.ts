import { describe, expect, test } from '@jest/globals';
import { SAML } from '@node-saml/node-saml';
import * as samlify from 'samlify';
import { readMetadata } from '../../../src/saml-core/read-metadata.js';
import { testKey } from './support/key-pairs.js';
import { withTemplate } from './support/signature-template.js';
import type { Template } from './support/signature-template.js';
import { xmlsecSign } from './support/xmlsec.js';

const now = Date.UTC(2026, 10, 20);
const later = '2026-12-01T00:00:00Z';
const past = '2026-11-01T00:00:00Z';
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const federation = testKey();
const stranger = testKey();
const first = testKey();
const second = testKey();
const curve = testKey('ec');
const weak = testKey('rsa:1024');

const base64 = (key: { certificate: string }) =>
  key.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
const x509 = (text: string) =>
  `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${text}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`;
const keyFor = (use: string | null, text: string) =>
  `<md:KeyDescriptor${use === null ? '' : ` use="${use}"`}>${x509(text)}</md:KeyDescriptor>`;
const acs = (index: number | string, more = '', url = `https://sp.example/acs${index}`) =>
  `<md:AssertionConsumerService Binding="${post}" Location="${url}" index="${index}"${more}/>`;

interface Parts {
  id?: string;
  entityId?: string;
  attributes?: string;
  keys?: string;
  consumers?: string;
  role?: string;
  more?: string;
}

const declared =
  'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';

function entity(parts: Parts = {}): string {
  return (
    `<md:EntityDescriptor ${declared} ID="${parts.id ?? '_genuine'}" entityID="${parts.entityId ?? 'https://sp.example'}" ${parts.attributes ?? ''}>` +
    `<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" ${parts.role ?? ''}>` +
    `${parts.keys ?? keyFor('signing', base64(first))}${parts.consumers ?? acs(0)}</md:SPSSODescriptor>${parts.more ?? ''}` +
    '</md:EntityDescriptor>'
  );
}

function aggregate(
  content: string,
  attributes = `validUntil="${later}" cacheDuration="PT6H"`,
): string {
  return `<md:EntitiesDescriptor ${declared} ID="_all" ${attributes}>${content}</md:EntitiesDescriptor>`;
}

/** The signature stands first in metadata. */
function signed(xml: string, template: Template = {}, key = federation): string {
  const marked = xml.replace(/^<[^>]*>/, '$&<m></saml:Issuer></m>');
  const reference = `#${/ ID="([^"]*)"/.exec(xml)?.[1]}`;
  const whole = withTemplate(marked, { reference, ...template })
    .replace('<m></saml:Issuer>', '')
    .replace('</m>', '');
  return xmlsecSign(whole, key);
}

async function detailOf(xml: string | Uint8Array, options = {}): Promise<string> {
  const read = await readMetadata(xml, { now, ...options });
  return read.ok ? 'accepted' : `${read.refusal} ${read.detail}`;
}

test('a service provider with all that it may say', async () => {
  const xml = `\u{feff}<?xml version="1.0"?><!-- written by hand -->\n${entity({
    attributes: `validUntil="${later}" cacheDuration="P1DT1M"`,
    role: 'AuthnRequestsSigned="true" WantAssertionsSigned="1"',
    keys:
      keyFor(null, `\n${base64(first)}\n`) +
      keyFor('encryption', base64(second)) +
      keyFor('signing', base64(curve)),
    consumers:
      `<md:SingleLogoutService Binding="${post}" Location="https://sp.example/slo" ResponseLocation="https://sp.example/slo2"/>` +
      '<md:NameIDFormat>urn:<!-- -->a</md:NameIDFormat>' +
      acs(0, ' isDefault="false"') +
      acs(7) +
      acs(9, ' isDefault="true"'),
  })}`;
  expect(await readMetadata(xml, { now })).toEqual({
    ok: true,
    verified: false,
    sha1: false,
    validUntil: Date.parse(later),
    cacheDurationSeconds: 86_460,
    skipped: [],
    entities: [
      {
        entityId: 'https://sp.example',
        acs: [
          { url: 'https://sp.example/acs0', binding: post, index: 0, isDefault: false },
          { url: 'https://sp.example/acs7', binding: post, index: 7, isDefault: false },
          { url: 'https://sp.example/acs9', binding: post, index: 9, isDefault: true },
        ],
        slo: [
          { url: 'https://sp.example/slo', binding: post, responseUrl: 'https://sp.example/slo2' },
        ],
        signingCertificates: [curve.certificate, first.certificate],
        encryptionCertificates: [second.certificate, first.certificate],
        encryptionExplicit: true,
        nameIdFormats: ['urn:a'],
        authnRequestsSigned: true,
        wantAssertionsSigned: true,
        validUntil: Date.parse(later),
      },
    ],
  });
});

test.each([
  [acs(3) + acs(1), 3],
  [acs(3, ' isDefault="false"') + acs(1), 1],
  [acs(3, ' isDefault="false"') + acs(1, ' isDefault="false"'), 3],
])('the default consumer is the one of the specification', async (consumers, index) => {
  const read = await readMetadata(entity({ consumers }), { now });
  if (!read.ok) throw new Error(read.detail);
  expect(read.entities[0]?.acs.filter(({ isDefault }) => isDefault)).toMatchObject([{ index }]);
});

describe('an aggregate', () => {
  const idp = `<md:EntityDescriptor entityID="https://idp.example"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></md:EntityDescriptor>`;

  test('gives its service providers, and says which it cannot use', async () => {
    const xml = aggregate(
      entity({ id: '_1', entityId: 'urn:1' }) +
        idp +
        aggregate(
          entity({ id: '_2', entityId: 'urn:2' }),
          'validUntil="2026-11-21T00:00:00Z"',
        ).replace('"_all"', '"_in"') +
        entity({ id: '_3', entityId: 'urn:3', attributes: `validUntil="${past}"` }) +
        entity({ id: '_4', entityId: 'urn:4', consumers: acs(0, '', 'javascript:alert(1)') }),
    );
    expect(
      await readMetadata(signed(xml), { now, pinnedCertificates: [federation.certificate] }),
    ).toMatchObject({
      ok: true,
      verified: true,
      cacheDurationSeconds: 21_600,
      entities: [
        { entityId: 'urn:1', validUntil: Date.parse(later) },
        { entityId: 'urn:2', validUntil: Date.UTC(2026, 10, 21) },
      ],
      skipped: [
        { entityId: 'urn:3', refusal: 'expired' },
        { entityId: 'urn:4', refusal: 'unusable', detail: 'url javascript:alert(1)' },
      ],
    });
  });

  test.each([
    ['without an end', aggregate(entity(), ''), 'unusable no-valid-until'],
    ['past its end', aggregate(entity(), `validUntil="${past}"`), 'expired valid-until'],
    [
      'with an entity twice',
      aggregate(entity({ id: '_1' }) + entity({ id: '_2' })),
      'duplicate https://sp.example',
    ],
    [
      'with an ID twice',
      aggregate(entity() + entity({ entityId: 'urn:b' })),
      'forbidden-construct duplicate-id',
    ],
  ])('is refused %s', async (_, xml, detail) => {
    expect(await detailOf(xml)).toBe(detail);
  });
});

describe('a signature', () => {
  const pinned = { pinnedCertificates: [stranger.certificate, federation.certificate] };
  const sha1 = 'http://www.w3.org/2000/09/xmldsig#';

  test('of a pinned certificate is verified', async () => {
    expect(await readMetadata(signed(entity()), { now, ...pinned })).toMatchObject({
      ok: true,
      verified: true,
    });
  });

  test.each([
    ['missing', () => entity(), 'unsigned metadata'],
    ['of somebody else', () => signed(entity(), {}, testKey()), 'signature-invalid signature'],
    [
      'over something else',
      () => signed(entity()).replace('sp.example/acs', 'evil.example/acs'),
      'signature-invalid digest',
    ],
    [
      'with SHA-1',
      () => signed(entity(), { method: `${sha1}rsa-sha1` }),
      'signature-algorithm signature-sha1',
    ],
    [
      'over a SHA-1 digest',
      () => signed(entity(), { digest: `${sha1}sha1` }),
      'signature-algorithm digest-sha1',
    ],
    ['of an entity inside', () => aggregate(signed(entity())), 'unsigned metadata'],
    [
      'of an entity inside, moved',
      () => {
        const inner = signed(entity());
        const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(inner)?.[0] ?? '';
        return aggregate(signature + inner.replace(signature, ''));
      },
      'signature-structure reference',
    ],
  ])('%s refuses the document', async (_, xml, detail) => {
    expect(await detailOf(xml(), pinned)).toBe(detail);
  });
});

test.each([
  [
    'DOCTYPE',
    `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${entity()}`,
    'forbidden-construct doctype',
  ],
  [
    'CDATA',
    entity({ keys: keyFor('signing', `<![CDATA[${base64(first)}]]>`) }),
    'forbidden-construct cdata',
  ],
  ['something else', '<html></html>', 'unexpected-message html'],
  [
    'no service provider',
    entity().replaceAll('SPSSODescriptor', 'IDPSSODescriptor'),
    'unusable no-service-provider',
  ],
  [
    'SAML 1.1 only',
    entity().replaceAll('SAML:2.0:protocol', 'SAML:1.1:protocol'),
    'unusable no-service-provider',
  ],
  ['expired', entity({ attributes: `validUntil="${past}"` }), 'expired valid-until'],
  ['an expired role', entity({ role: `validUntil="${past}"` }), 'expired valid-until'],
  ['no name', entity({ entityId: '' }), 'unusable entity-id'],
  ['no consumer', entity({ consumers: '' }), 'unusable no-acs'],
  ['an index twice', entity({ consumers: acs(1) + acs(1) }), 'duplicate acs-index'],
  [
    'a consumer without index',
    entity({ consumers: acs(1).replace('index="1"', '') }),
    'unusable acs-without-index',
  ],
  [
    'a script',
    entity({ consumers: acs(0, '', 'JaVaScRiPt:alert(1)') }),
    'unusable url JaVaScRiPt:alert(1)',
  ],
  [
    'a script behind white space',
    entity({ consumers: acs(0, '', ' https://sp.example') }),
    'unusable url  https://sp.example',
  ],
  ['a name in two words', entity({ entityId: 'https://sp.example evil' }), 'unusable entity-id'],
  ['a name in two lines', entity({ entityId: 'urn:a&#10;b' }), 'unusable entity-id'],
  [
    'a key that nobody can encrypt for',
    entity({ keys: keyFor('encryption', base64(curve)) }),
    'unusable encryption-key',
  ],
  [
    'a weak key to encrypt for',
    entity({ keys: keyFor('encryption', base64(weak)) }),
    'unusable encryption-key',
  ],
  ['a key for something else', entity({ keys: keyFor('both', base64(first)) }), 'unusable key-use'],
  [
    'a certificate that is none',
    entity({ keys: keyFor('signing', 'AAAA') }),
    'unusable certificate',
  ],
  [
    'a key without certificate',
    entity({ keys: '<md:KeyDescriptor/>' }),
    'unusable key-without-certificate',
  ],
])('refused with the reason: %s', async (_, xml, detail) => {
  expect(await detailOf(xml)).toBe(detail);
});

test.each([
  'https://sp.example/acs#',
  'https://sp.example/acs#x',
  'https:/sp.example/acs',
  'https:sp.example',
  'https:///sp.example',
  'https:\\\\sp.example\\acs',
  'https://sp.example\\@evil.example/',
  'https://sp.example@evil.example/',
  'https://*.example/acs',
  'https://sp.example/a b',
  'https://sp.example/&quot;&gt;&lt;script&gt;',
  'https://sp.example/\u{e4}',
  'https://sp.example/&#13;&#10;Set-Cookie:x',
  'https://sp.example:99999/',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  '//sp.example/acs',
  '/acs',
  '',
])('no address to send people to, for consumer nor logout: %s', async (url) => {
  expect(await detailOf(entity({ consumers: acs(0, '', url) }))).toMatch(/^unusable url /);
  for (const where of [`Location="${url}"`, `Location="https://a" ResponseLocation="${url}"`]) {
    const consumers = `<md:SingleLogoutService Binding="${post}" ${where}/>${acs(0)}`;
    // Without a value there is no other address for answers.
    const expected = url === '' && where.includes('Response') ? /^accepted$/ : /^unusable url /;
    expect(await detailOf(entity({ consumers }))).toMatch(expected);
  }
});

test('a key that can only sign is none to encrypt for, and does not stand in the way', async () => {
  const keys = keyFor(null, base64(curve)) + keyFor('signing', base64(weak));
  expect(await readMetadata(entity({ keys }), { now })).toMatchObject({
    ok: true,
    entities: [{ encryptionCertificates: [], encryptionExplicit: false }],
  });
});

test('refused: more than may be read', async () => {
  expect(await detailOf(entity(), { maxBytes: 1000 })).toBe('too-large metadata');
});

test('what node-saml and samlify write about themselves is read', async () => {
  const nodeSaml = new SAML({
    issuer: 'https://sp.example',
    callbackUrl: 'https://sp.example/acs',
    idpCert: federation.certificate,
    privateKey: first.pem,
    publicCert: first.certificate,
    decryptionPvk: first.pem,
  }).generateServiceProviderMetadata(first.certificate, first.certificate);
  expect(await readMetadata(nodeSaml, { now: Date.now() })).toMatchObject({
    ok: true,
    entities: [
      {
        entityId: 'https://sp.example',
        signingCertificates: [first.certificate],
        acs: [{ isDefault: true }],
      },
    ],
  });
  const bySamlify = samlify
    .ServiceProvider({
      entityID: 'https://sp.example',
      signingCert: first.certificate,
      assertionConsumerService: [{ Binding: post, Location: 'https://sp.example/acs' }],
    })
    .getMetadata();
  expect(await readMetadata(bySamlify, { now })).toMatchObject({
    ok: true,
    entities: [{ entityId: 'https://sp.example', signingCertificates: [first.certificate] }],
  });
});
