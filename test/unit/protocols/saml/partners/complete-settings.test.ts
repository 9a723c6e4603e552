import { join } from 'node:path';
import { truncateSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { describeProblem } from '../../../../../src/config/configuration-problem.js';
import type { SamlSettings } from '../../../../../src/protocols/saml/saml-settings.js';
import { readRelyingPartyFiles } from '../../../../../src/relying-parties/relying-party-files.js';
import { createProtocolSections } from '../../../../../src/server/protocol-sections.js';
import { ManualClock } from '../../../../support/manual-clock.js';
import {
  aggregateXml,
  entityXml,
  inDays,
  signedXml,
} from '../../../../support/saml/partner-metadata.js';
import { temporaryFolder } from '../../../../support/temporary-folder.js';
import { testKey } from '../../../saml-core/support/key-pairs.js';

const folder = temporaryFolder();
const clock = new ManualClock();
const [federation, stranger] = [testKey(), testKey()];
const sp = 'https://sp.example/saml';
let count = 0;

const party = (saml: string, id = 'payroll') =>
  `id: ${id}\nname: Payroll\nprotocol: saml\nsaml:\n${saml.replaceAll(/^/gm, '  ')}\n`;

async function read(files: Record<string, string>, refuseExpired = true) {
  const base = `${(count += 1)}`;
  for (const [name, content] of Object.entries(files)) folder.write(join(base, name), content);
  const sections = createProtocolSections({ clock, refuseExpired: () => refuseExpired });
  const parties = await readRelyingPartyFiles([join(folder.path, base, '*.yaml')], {}, sections);
  const settings = parties.ok ? (parties.value[0]?.settings as SamlSettings) : null;
  const problems = parties.ok ? '' : parties.failure.map(describeProblem).join('\n');
  return { settings, problems: problems.replaceAll(join(folder.path, base, '/'), '') };
}

/** One service, whose metadata is `xml`. */
const problemsOf = async (xml: string, saml = '') =>
  (
    await read({
      'payroll.yaml': party(`metadata_file: sp.xml\n${saml}`),
      'sp.xml': xml,
      'pin.pem': federation.certificate,
    })
  ).problems;

const pin = 'metadata_certificate_file: pin.pem';
const aggregate = (until = inDays(30, clock.now())) =>
  aggregateXml(
    entityXml(sp) + entityXml('urn:other', { id: '_two' }),
    until === '' ? '' : `validUntil="${until}"`,
  );

test('metadata beside the file that names it is read with it', async () => {
  const key = { use: null, certificate: stranger.certificate };
  const { settings, problems } = await read({
    'payroll.yaml': party('metadata_file: metadata/sp.xml'),
    'metadata/sp.xml': entityXml(sp, { keys: [key] }),
  });
  expect(problems).toBe('');
  expect(settings?.metadata).toMatchObject({ entityId: sp, validUntil: null });
});

test('S13: a key without use is a signing key in force, and requests that must be signed need one', async () => {
  const key = { use: null, certificate: stranger.certificate };
  const { settings } = await read({
    'payroll.yaml': party('metadata_file: sp.xml\nrequire_signed_requests: true'),
    'sp.xml': entityXml(sp, { keys: [key] }),
  });
  expect(settings?.metadata?.signingCertificates).toHaveLength(1);
  const demanded = entityXml(sp, { role: 'AuthnRequestsSigned="true"' });
  expect(await problemsOf(demanded)).toContain('names no key that requests could be signed with');
  expect(await problemsOf(entityXml(sp), 'require_signed_requests: true')).toContain(
    'names no key that requests could be signed with',
  );
});

test('a pinned certificate demands its signature', async () => {
  expect(await problemsOf(signedXml(entityXml(sp), federation), pin)).toBe('');
  expect(await problemsOf(entityXml(sp), pin)).toContain('is not signed, although');
  expect(await problemsOf(signedXml(entityXml(sp), stranger), pin)).toContain(
    'has a signature that was not made with the configured certificate',
  );
  const sha1 = { method: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' };
  expect(await problemsOf(signedXml(entityXml(sp), federation, sha1), pin)).toContain('SHA-1');
  expect(await problemsOf(entityXml(sp), 'metadata_certificate: nonsense')).toContain(
    'holds no certificate that can be read',
  );
});

test('of several entities one is named', async () => {
  expect(await problemsOf(aggregate())).toBe(
    'payroll.yaml: payroll: saml.metadata_file: describes 2 service providers that can be used (it is "sp.xml")\n' +
      `    Say by entity_id which one is meant. There is ${sp}, urn:other.`,
  );
  expect(await problemsOf(aggregate(), `entity_id: ${sp}`)).toBe('');
  expect(await problemsOf(entityXml(sp), 'entity_id: urn:third')).toContain('does not describe');
});

test.each([
  ['B97: a collection without validUntil', aggregate(''), 'does not say how long it is valid'],
  ['B97: an expired collection', aggregate(inDays(-1, clock.now())), 'is no longer valid'],
  [
    'B97: expired',
    entityXml(sp, { attributes: `validUntil="${inDays(-1, clock.now())}"` }),
    'is no longer valid',
  ],
  [
    'B97: an entity twice',
    aggregateXml(
      entityXml(sp) + entityXml(sp, { id: '_two' }),
      `validUntil="${inDays(3, clock.now())}"`,
    ),
    `describes ${sp} more than once`,
  ],
  ['a DOCTYPE', `<!DOCTYPE a>${entityXml(sp)}`, 'a web page has one'],
  ['a NUL, as in UTF-16', `${entityXml(sp)}\0`, 'Save it as UTF-8'],
  [
    'a certificate cut off in copying',
    entityXml(sp, { keys: [{ use: null, certificate: 'MIIC' }] }),
    'holds a certificate that cannot be read',
  ],
  ['something else', '<html></html>', 'is not SAML metadata'],
  ['nothing', '', 'is not well-formed metadata'],
  ['an identity provider', entityXml(sp).replaceAll('SPSSO', 'IDPSSO'), 'no service provider'],
  ['S17: a script', entityXml(sp, { acs: 'JaVaScRiPt:alert(1)' }), 'JaVaScRiPt:alert(1)'],
  ['S17: data', entityXml(sp, { acs: 'data:text/html,x' }), 'data:text/html,x'],
  ['plain http', entityXml(sp, { acs: 'http://sp.example/acs' }), 'to which nothing is sent'],
  [
    'no POST binding',
    entityXml(sp, { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact' }),
    'names no AssertionConsumerService with the HTTP-POST binding',
  ],
])('refused with the reason: %s', async (_, xml, reason) => {
  const problems = await problemsOf(xml);
  expect(problems).toContain('payroll.yaml: payroll: saml.metadata_file: ');
  expect(problems).toContain(reason);
});

test('plain http is taken on this very machine', async () => {
  for (const host of ['localhost:81', '127.0.0.1', '[::1]:81']) {
    expect(await problemsOf(entityXml(sp, { acs: `http://${host}/acs` }))).toBe('');
  }
});

test('encryption that cannot be done is refused, not left out', async () => {
  expect(await problemsOf(entityXml(sp), 'encrypt_assertions: always')).toContain('no RSA key');
});

test('a server that starts lets time that went by pass, and nothing else', async () => {
  const xml = entityXml(sp, { attributes: `validUntil="${inDays(-1, clock.now())}"` });
  const files = { 'payroll.yaml': party('metadata_file: sp.xml'), 'sp.xml': xml };
  expect((await read(files, false)).problems).toBe('');
  expect((await read({ ...files, 'sp.xml': '<a/>' }, false)).problems).not.toBe('');
});

test.each([
  ['a file that is not there', 'metadata_file: none.xml', 'is not there'],
  ['a folder', 'metadata_file: .', 'cannot be read: EISDIR'],
  ['no metadata at all', 'issuer: default', 'does not say where the metadata of the service is'],
  [
    'two sources',
    'metadata_file: a.xml\nmetadata_url: https://sp.example/m',
    'name a metadata_file or a metadata_url, not both',
  ],
  ['plain http', 'metadata_url: http://sp.example/m', 'must be https'],
  ['the metadata service', 'metadata_url: http://169.254.169.254/m', 'must be https'],
  ['a script as URL', 'metadata_url: "javascript:alert(1)"', 'must be https'],
  ['a password in the URL', 'metadata_url: https://a:b@sp.example/m', 'must not carry'],
])('settings are refused: %s', async (_, saml, reason) => {
  expect((await read({ 'payroll.yaml': party(saml) })).problems).toContain(reason);
});

test('B97: 50 MB are refused without being read', async () => {
  const file = folder.write('large/sp.xml', '');
  truncateSync(file, 50 * 1024 * 1024);
  const { problems } = await read({ 'a.yaml': party(`metadata_file: ${file}`) });
  expect(problems).toContain('is a file of 50 MiB; at most 16 are read');
});

test('two services with one entity id are refused, and all problems come at once', async () => {
  const { problems } = await read({
    'a.yaml': party('metadata_file: sp.xml', 'first'),
    'b.yaml': party(`metadata_url: https://sp.example/m\nentity_id: ${sp}`, 'second'),
    'c.yaml': party('metadata_file: none.xml', 'third'),
    'sp.xml': entityXml(sp),
  });
  expect(problems).toContain('b.yaml: second: saml.entity_id: is taken by first in a.yaml');
  expect(problems).toContain('c.yaml: third: saml.metadata_file: is not there');
});
