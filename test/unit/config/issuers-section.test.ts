import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const KEY = randomBytes(32).toString('base64');
let count = 0;

/** `issuers` as flow YAML. */
async function load(issuers: string | null, publicUrl = 'https://login.example.org') {
  const yaml = `public_url: ${publicUrl}\nencryption_key: \${KEY}\n`;
  const section = issuers === null ? '' : `issuers: ${issuers}\n`;
  const file = folder.write(`${(count += 1)}/drawbridge.yaml`, yaml + section);
  return await loadConfiguration({ DRAWBRIDGE_CONFIG: file, KEY }, folder.path);
}

async function accepted(issuers: string | null, publicUrl?: string) {
  const result = await load(issuers, publicUrl);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value.issuers;
}

describe('issuers that are accepted', () => {
  test('there is always the one at the root', async () => {
    const atRoot = { id: 'default', entityId: 'https://login.example.org/idp', domains: [] };
    expect(await accepted(null, 'https://login.example.org/idp/')).toEqual([atRoot]);
    expect(await accepted('[]', 'https://login.example.org/idp/')).toEqual([atRoot]);
  });

  test('others follow it, with an entityID below the public URL unless they say one', async () => {
    const issuers = await accepted(
      '[{ id: north, domains: [North.Example.org] }, { id: default, domains: [example.org] }, { id: "7", entity_id: "urn:x:7" }]',
      'https://login.example.org/idp',
    );
    expect(issuers).toEqual([
      { id: 'default', entityId: 'https://login.example.org/idp', domains: ['example.org'] },
      {
        id: 'north',
        entityId: 'https://login.example.org/idp/saml/north',
        domains: ['north.example.org'],
      },
      { id: '7', entityId: 'urn:x:7', domains: [] },
    ]);
  });

  test('an id may have 64 characters, an entityID 1024', async () => {
    const id = 'a'.repeat(64);
    const entityId = `urn:${'x'.repeat(1020)}`;
    const issuers = await accepted(`[{ id: ${id}, entity_id: "${entityId}" }]`);
    expect(issuers[1]).toMatchObject({ id, entityId });
  });
});

describe('issuers that are refused', () => {
  test.each([
    ['no list', '{ id: north }', 'issuers'],
    ['no id', '[{ domains: [] }]', 'issuers[0].id'],
    ['capitals', '[{ id: North }]', 'issuers[0].id'],
    ['a slash', '[{ id: a/b }]', 'issuers[0].id'],
    ['dots', '[{ id: .. }]', 'issuers[0].id'],
    ['a line end', '[{ id: "north\\n" }]', 'issuers[0].id'],
    ['an id too long', `[{ id: ${'a'.repeat(65)} }]`, 'issuers[0].id'],
    ...['metadata', 'sso', 'slo', 'start', 'continue', 'arrive'].map(
      (word) => [`the reserved id ${word}`, `[{ id: ${word} }]`, 'issuers[0].id'] as const,
    ),
    ['an id twice', '[{ id: north }, { id: north, entity_id: "urn:n" }]', 'issuers[1].id'],
    ['default twice', '[{ id: default }, { id: default }]', 'issuers[1].id'],
    [
      'an entityID for default',
      '[{ id: default, entity_id: "https://other.example" }]',
      'issuers[0].entity_id',
    ],
    ['an entityID that is no URI', '[{ id: north, entity_id: north }]', 'issuers[0].entity_id'],
    ['spaces', '[{ id: north, entity_id: "urn:a b" }]', 'issuers[0].entity_id'],
    [
      'an entityID too long',
      `[{ id: north, entity_id: "urn:${'x'.repeat(1021)}" }]`,
      'issuers[0].entity_id',
    ],
    [
      'the entityID of default',
      '[{ id: north, entity_id: "https://login.example.org" }]',
      'issuers[0].entity_id',
    ],
    [
      'an entityID twice',
      '[{ id: a, entity_id: "urn:x" }, { id: b, entity_id: "urn:x" }]',
      'issuers[1].entity_id',
    ],
    [
      'the entityID another has by default',
      '[{ id: a }, { id: b, entity_id: "https://login.example.org/saml/a" }]',
      'issuers[1].entity_id',
    ],
    ['a domain that is none', '[{ id: a, domains: ["a@example.org"] }]', 'issuers[0].domains'],
    ['an empty domain', '[{ id: a, domains: [""] }]', 'issuers[0].domains'],
    [
      'a domain twice',
      '[{ id: a, domains: [x.example] }, { id: default, domains: [X.example] }]',
      'issuers[1].domains',
    ],
    ['a domain twice in one', '[{ id: a, domains: [x.example, x.example] }]', 'issuers[0].domains'],
    ['an unknown key', '[{ id: a, entityid: "urn:x" }]', 'issuers[0].entityid'],
  ])('%s', async (_name, issuers, path) => {
    const result = await load(issuers);
    if (result.ok) throw new Error('was accepted');
    expect(result.failure.map((problem) => problem.path)).toEqual([path]);
  });
});
