import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { ProtocolSection } from '../../../src/relying-parties/relying-party-document.js';
import { readRelyingPartyFiles } from '../../../src/relying-parties/relying-party-files.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
let count = 0;

const toy: ProtocolSection = {
  protocol: 'toy',
  key: 'toy_section',
  schema: z
    .strictObject({ client_id: z.string(), colour: z.enum(['red', 'blue']).default('red') })
    .superRefine((settings, context) => {
      if (settings.client_id === 'forbidden') {
        context.addIssue({ code: 'custom', path: ['client_id'], message: 'is forbidden' });
      }
    }),
};
const asking: ProtocolSection = { ...toy, asksConsent: true };
const other: ProtocolSection = { ...toy, protocol: 'other', key: 'other' };

async function read(files: Record<string, string>, env: NodeJS.ProcessEnv = {}) {
  const base = `${(count += 1)}`;
  for (const [name, content] of Object.entries(files)) folder.write(join(base, name), content);
  return await readRelyingPartyFiles([join(folder.path, base, '*.yaml')], env, [asking, other]);
}

async function problemsOf(files: Record<string, string>, env?: NodeJS.ProcessEnv) {
  const result = await read(files, env);
  if (result.ok) throw new Error('was accepted');
  return result.failure;
}

const one = (id: string, more = '') =>
  `id: ${id}\nname: ${id}\nprotocol: toy\ntoy_section: { client_id: ${id} }\n${more}`;

describe('readRelyingPartyFiles', () => {
  test('several documents in several files are read, with defaults filled in', async () => {
    const result = await read(
      {
        'a.yaml': `${one('wiki')}---\n${one('payroll', 'third_party: true\npolicy: { factors: 1, max_age: 8h, groups: [finance], allowed_factors: [otp] }\n')}---\n`,
        'b.yaml': `id: intranet\nname: \${NAME}\nprotocol: other\nhome_url: https://intranet.example/\nenabled: false\nother: { client_id: x }\n`,
        'b.yaml~': 'an editor keeps this',
        '.hidden.yaml': 'nonsense',
      },
      { NAME: 'In the house' },
    );
    expect(result).toEqual({
      ok: true,
      value: [
        {
          id: 'wiki',
          name: 'wiki',
          protocol: 'toy',
          homeUrl: null,
          enabled: true,
          thirdParty: false,
          policy: { factors: 2, maxAge: null, allowedFactors: null, groups: null },
          settings: { client_id: 'wiki', colour: 'red' },
        },
        {
          id: 'payroll',
          name: 'payroll',
          protocol: 'toy',
          homeUrl: null,
          enabled: true,
          thirdParty: true,
          policy: { factors: 1, maxAge: 28_800_000, allowedFactors: ['otp'], groups: ['finance'] },
          settings: { client_id: 'payroll', colour: 'red' },
        },
        {
          id: 'intranet',
          name: 'In the house',
          protocol: 'other',
          homeUrl: 'https://intranet.example/',
          enabled: false,
          thirdParty: false,
          policy: { factors: 2, maxAge: null, allowedFactors: null, groups: null },
          settings: { client_id: 'x', colour: 'red' },
        },
      ],
    });
  });

  test("the organisation's policy fills what a document leaves open", async () => {
    const file = folder.write('defaults/a.yaml', one('wiki'));
    const result = await readRelyingPartyFiles([file], {}, [toy], { factors: 1, maxAge: 60_000 });
    expect(result).toMatchObject({ ok: true, value: [{ policy: { factors: 1, maxAge: 60_000 } }] });
  });

  test('all problems of all documents are reported with their file and place', async () => {
    const problems = await problemsOf({
      'a.yaml': `${one('wiki', 'nmae: x\n')}---\nid: UPPER\nprotocol: tyo\nhome_url: "javascript:alert(1)"\n`,
      'b.yaml': 'id: forbidden\nname: F\nprotocol: toy\ntoy_section: { client_id: forbidden }\n',
      'c.yaml': 'id: bare\nname: B\nprotocol: toy\n',
      'd.yaml': 'id: mixed\nname: M\nprotocol: toy\ntoy_section: { client_id: m }\nother: {}\n',
      'e.yaml': 'a: [',
    });
    const found = problems.map(({ file, path, remedy }) => ({
      at: `${file?.slice(-6)} ${path}`,
      remedy,
    }));
    expect(found.map(({ at }) => at)).toEqual([
      'a.yaml wiki: nmae',
      'a.yaml document 2: id',
      'a.yaml document 2: name',
      'a.yaml document 2: home_url',
      'a.yaml document 2: protocol',
      'b.yaml forbidden: toy_section.client_id',
      'c.yaml bare: toy_section',
      'd.yaml mixed: other',
      'e.yaml line 1, column 5',
    ]);
    expect(found[0]?.remedy).toContain('Did you mean name?');
    expect(found[4]?.remedy).toBe('Did you mean toy? Supported: toy, other.');
  });

  test('an id or a client id may be taken once', async () => {
    const problems = await problemsOf(
      {
        'a.yaml': one('wiki'),
        'b.yaml': `${one('wiki')}---\nid: second\nname: S\nprotocol: toy\ntoy_section: { client_id: "\${ID}" }\n`,
      },
      { ID: 'wiki' },
    );
    expect(problems.map(({ path }) => path)).toEqual([
      'wiki: id',
      'wiki: toy_section.client_id',
      'second: toy_section.client_id',
    ]);
    expect(problems[0]?.problem).toContain('a.yaml');
  });

  test('secrets are not in messages', async () => {
    const problems = await problemsOf(
      {
        'a.yaml': one('wiki', 'client_secret: hunter2hunter2\n'),
        'b.yaml':
          'id: b\nname: B\nprotocol: toy\ntoy_section: { client_id: x, client_secret: hunter2hunter2, colour: "${SECRET}" }\n',
      },
      { SECRET: 'hunter2hunter2' },
    );
    expect(problems).toHaveLength(3);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  test('a file named without * has to be there, an empty one is a mistake', async () => {
    const missing = join(folder.path, 'missing.yaml');
    expect(await readRelyingPartyFiles([missing], {}, [toy])).toMatchObject({
      ok: false,
      failure: [{ file: missing, problem: 'is not there' }],
    });
    expect(await problemsOf({ 'a.yaml': '# nothing yet\n' })).toMatchObject([
      { problem: 'describes no relying party' },
    ]);
  });

  test('a folder that is not there has no relying parties', async () => {
    const pattern = join(folder.path, 'nowhere/*/x*.yaml');
    expect(await readRelyingPartyFiles([pattern], {}, [toy])).toEqual({ ok: true, value: [] });
  });

  test('* also stands for folders, links are followed, and a file counts once', async () => {
    folder.write('deep/north/a.yaml', one('north'));
    folder.write('deep/south/a.yaml', one('south'));
    symlinkSync(join(folder.path, 'deep/south'), join(folder.path, 'deep/.current'));
    const result = await readRelyingPartyFiles(
      [join(folder.path, 'deep/*/a.yaml'), join(folder.path, 'deep/n*/*.yaml')],
      {},
      [toy],
    );
    expect(result.ok && result.value.map(({ id }) => id)).toEqual(['north', 'south']);
  });
});

test('a third party is one only where people are asked', async () => {
  const written = (yes: boolean) =>
    `id: wiki\nname: Wiki\nprotocol: other\nother: { client_id: x }\nthird_party: ${yes}\n`;
  expect(await problemsOf({ 'a.yaml': written(true) })).toEqual([
    expect.objectContaining({
      path: 'wiki: third_party',
      value: 'true',
      problem: 'promises that people are asked, which they are by OpenID Connect alone',
      remedy: expect.stringContaining('Remove it') as unknown,
    }),
  ]);
  expect((await read({ 'a.yaml': written(false) })).ok).toBe(true);
  const profile =
    'id: m\nname: M\nprofile: microsoft-365\ndomains: [example.com]\nthird_party: true\n';
  expect(await problemsOf({ 'a.yaml': profile })).toEqual([
    expect.objectContaining({ path: 'm: third_party' }),
  ]);
});
