import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { domainOf } from '../../../src/config/domain.js';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import { issuersFor, issuersOf } from '../../../src/config/profile-issuers.js';
import { PublicUrl } from '../../../src/config/public-url.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const publicUrl = new PublicUrl('https://id.example.com/idp');
const atRoot = { id: 'default', entityId: publicUrl.base, domains: [] };

test('the first domain is the default issuer’s, every other one gets its own', () => {
  expect(issuersFor(['example.com', 'north.example.org'], [atRoot], publicUrl)).toEqual([
    { ...atRoot, domains: ['example.com'] },
    {
      id: 'north-example-org',
      entityId: 'https://id.example.com/idp/saml/north-example-org',
      domains: ['north.example.org'],
    },
  ]);
});

test('an issuer that is configured for a domain goes before, and none is shared', () => {
  const north = { id: 'north', entityId: 'urn:north', domains: ['north.example.org'] };
  const taken = { id: 'a-b', entityId: 'urn:a-b', domains: [] };
  const issuers = issuersFor(
    ['north.example.org', 'example.com', 'a.b'],
    [atRoot, north, taken],
    publicUrl,
  );
  expect(issuers.map(({ id, domains }) => [id, domains])).toEqual([
    ['default', ['example.com']],
    ['north', ['north.example.org']],
    ['a-b', []],
    ['a-b-2', ['a.b']],
  ]);
  const ids = issuers.map(({ entityId }) => entityId);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each([
  [
    ['example.com', 'sub.example.com', 'a.sub.example.com'],
    [['default', ['example.com', 'sub.example.com', 'a.sub.example.com']]],
  ],
  [
    ['sub.example.com', 'example.com'],
    [
      ['default', ['sub.example.com']],
      ['example-com', ['example.com']],
    ],
  ],
  [
    ['example.com', 'notexample.com'],
    [
      ['default', ['example.com']],
      ['notexample-com', ['notexample.com']],
    ],
  ],
])('%j: a domain below one before it has the issuer of that one', (domains, issuers) => {
  const made = issuersFor(domains, [atRoot], publicUrl);
  expect(made.map((one) => [one.id, one.domains])).toEqual(issuers);
});

test('and of one that is configured', () => {
  const north = { id: 'north', entityId: 'urn:north', domains: ['example.org'] };
  const made = issuersFor(['north.example.org'], [atRoot, north], publicUrl);
  expect(made.map((one) => [one.id, one.domains])).toEqual([
    ['default', []],
    ['north', ['example.org', 'north.example.org']],
  ]);
  // What is configured is not changed by it.
  expect(north.domains).toEqual(['example.org']);
});

test('a domain is ASCII before it is lower case, and not made so', () => {
  expect(domainOf('KONTOSO.com')).toBe('kontoso.com');
  expect(domainOf('\u{212A}ontoso.com')).toBeNull();
});

const idsOf = (issuers: readonly { id: string; domains: readonly string[] }[]) =>
  Object.fromEntries(issuers.flatMap(({ id, domains }) => domains.map((one) => [one, id])));

test.each([
  [['north.example.org', 'example.com']],
  [['new.example', 'north.example.org', 'example.com', 'south.example.org']],
  [['north.example.org']],
])('in the order of %j each domain keeps the issuer it has had', (domains) => {
  const before = issuersFor(['example.com', 'north.example.org'], [atRoot], publicUrl);
  const had = idsOf(before);
  const after = issuersFor(domains, [atRoot], publicUrl, before);
  for (const [domain, id] of Object.entries(idsOf(after))) {
    if (had[domain] !== undefined) expect([domain, id]).toEqual([domain, had[domain]]);
  }
  for (const one of before) {
    const now = after.find(({ id }) => id === one.id);
    expect(now?.entityId).toBe(one.entityId);
  }
  expect(Object.keys(idsOf(after)).sort()).toEqual(domains.toSorted());
  // And again, as after another start.
  const again = issuersFor(domains, [atRoot], publicUrl, after);
  expect(idsOf(again)).toEqual(idsOf(after));
});

test('what is configured moves a domain, and a new public_url moves all', () => {
  const before = issuersFor(['example.com', 'north.example.org'], [atRoot], publicUrl);
  const north = { id: 'north', entityId: 'urn:north', domains: ['north.example.org'] };
  const domains = ['north.example.org', 'example.com'];
  expect(idsOf(issuersFor(domains, [atRoot, north], publicUrl, before))).toEqual({
    'example.com': 'default',
    'north.example.org': 'north',
  });
  const moved = new PublicUrl('https://login.example.com');
  const elsewhere = { ...atRoot, entityId: moved.base };
  expect(issuersFor(domains, [elsewhere], moved, before).map(({ entityId }) => entityId)).toEqual([
    'https://login.example.com',
    'https://login.example.com/saml/north-example-org',
  ]);
  const gone = issuersFor(domains, [atRoot], publicUrl, [atRoot, north]);
  expect(gone.find(({ id }) => id === 'north')?.entityId).toBe('urn:north');
});

const folder = temporaryFolder();

test('a configuration has the issuers of the domains that its relying parties name', async () => {
  const party = folder.write(
    'm365.yaml',
    'id: m\nname: M\nprofile: microsoft-365\ndomains: ["${M365_DOMAIN}", example.org]\n',
  );
  const file = join(party, '..', 'drawbridge.yaml');
  writeFileSync(
    file,
    `public_url: http://localhost:3000\nencryption_key: ${Buffer.alloc(32, 1).toString('base64')}\n` +
      'relying_parties: m365.yaml\n',
  );
  const loaded = await loadConfiguration({ DRAWBRIDGE_CONFIG: file, M365_DOMAIN: 'EXAMPLE.com' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  expect(issuersOf(loaded.value)([]).map(({ id, domains }) => [id, domains])).toEqual([
    ['default', ['example.com']],
    ['example-org', ['example.org']],
  ]);
});
