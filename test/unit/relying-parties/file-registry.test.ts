import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { ConfigurationProblem } from '../../../src/config/configuration-problem.js';
import {
  createFileRegistry,
  type FileRegistry,
} from '../../../src/relying-parties/file-registry.js';
import type { RegistryDifference } from '../../../src/relying-parties/replaceable-registry.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const opened: FileRegistry[] = [];
afterEach(() => {
  for (const registry of opened.splice(0)) registry.close();
});
let count = 0;

const party = (id: string, name = id) =>
  `id: ${id}\nname: ${name}\nprotocol: toy\ntoy: { client_id: ${id} }\n`;

async function open(files: Record<string, string>, interval = 3_600_000) {
  const base = `${(count += 1)}`;
  const write = (name: string, content: string) => folder.write(join(base, name), content);
  for (const [name, content] of Object.entries(files)) write(name, content);
  const refused: ConfigurationProblem[][] = [];
  const reloaded: RegistryDifference[] = [];
  const errors: unknown[] = [];
  const result = await createFileRegistry({
    patterns: [join(folder.path, base, '*.yaml')],
    env: {},
    sections: [{ protocol: 'toy', key: 'toy', schema: z.object({ client_id: z.string() }) }],
    defaults: { factors: 2, maxAge: null },
    onRefused: (problems) => refused.push(problems),
    onReloaded: (difference) => reloaded.push(difference),
    onError: (error) => errors.push(error),
    interval,
  });
  if (result.ok) opened.push(result.value);
  const remove = (name: string) => rmSync(join(folder.path, base, name));
  return { result, write, remove, refused, reloaded, errors };
}

function registryOf({ result }: Awaited<ReturnType<typeof open>>): FileRegistry {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

test('bad files refuse the start', async () => {
  const { result } = await open({ 'a.yaml': 'id: [' });
  expect(result.ok).toBe(false);
});

test('changes are put in force together and told to listeners', async () => {
  const opening = await open({ 'a.yaml': party('wiki'), 'b.yaml': party('old') });
  const registry = registryOf(opening);
  expect(registry.ofProtocol('toy').map(({ id }) => id)).toEqual(['wiki', 'old']);
  expect(registry.ofProtocol('none')).toEqual([]);
  let calls = 0;
  const stop = registry.onChange(() => {
    // A listener sees the new state already.
    expect(registry.byId('new')?.name).toBe('new');
    calls += 1;
  });

  opening.write('a.yaml', party('wiki', 'Renamed'));
  opening.write('c.yaml', party('new'));
  opening.remove('b.yaml');
  await Promise.all([registry.reload(), registry.reload(), registry.reload()]);

  expect(opening.reloaded).toEqual([{ added: ['new'], removed: ['old'], changed: ['wiki'] }]);
  expect(registry.byId('old')).toBeNull();
  expect(registry.byId('wiki')?.name).toBe('Renamed');
  expect(calls).toBe(1);

  stop();
  opening.write('a.yaml', party('wiki', 'Renamed again'));
  await registry.reload();
  expect(calls).toBe(1);
});

test('a bad file keeps what was in force and is reported once, until it is put right', async () => {
  const opening = await open({ 'a.yaml': party('wiki') });
  const registry = registryOf(opening);
  opening.write('a.yaml', `${party('wiki', 'New name')}nmae: x\n`);
  await registry.reload();
  await registry.reload();
  expect(opening.refused).toHaveLength(1);
  expect(opening.refused[0]).toMatchObject([{ path: 'wiki: nmae' }]);
  expect(registry.byId('wiki')?.name).toBe('wiki');

  opening.write('a.yaml', party('wiki', 'New name'));
  await registry.reload();
  expect(registry.byId('wiki')?.name).toBe('New name');
  expect(opening.refused).toHaveLength(1);
});

test('a file that is emptied does not take the relying party away', async () => {
  const opening = await open({ 'a.yaml': party('wiki') });
  const registry = registryOf(opening);
  opening.write('a.yaml', '');
  await registry.reload();
  expect(registry.byId('wiki')).not.toBeNull();
  expect(opening.refused).toHaveLength(1);
});

test('a change of comments only tells no listener', async () => {
  const opening = await open({ 'a.yaml': party('wiki') });
  const registry = registryOf(opening);
  let calls = 0;
  registry.onChange(() => (calls += 1));
  opening.write('a.yaml', `# about the wiki\n${party('wiki')}`);
  await registry.reload();
  expect(opening.reloaded).toEqual([{ added: [], removed: [], changed: [] }]);
  expect(calls).toBe(0);
});

test('a listener that throws disturbs nobody', async () => {
  const opening = await open({ 'a.yaml': party('wiki') });
  const registry = registryOf(opening);
  let calls = 0;
  registry.onChange(() => {
    throw new Error('mine');
  });
  registry.onChange(() => (calls += 1));
  opening.write('b.yaml', party('second'));
  await registry.reload();
  opening.write('c.yaml', party('third'));
  await registry.reload();
  expect(calls).toBe(2);
  expect(opening.errors).toHaveLength(2);
  expect(registry.all()).toHaveLength(3);
});

test('changes are noticed without being told', async () => {
  const opening = await open({ 'a.yaml': party('wiki') }, 10);
  const registry = registryOf(opening);
  const changed = new Promise<void>((resolve) => void registry.onChange(resolve));
  opening.write('b.yaml', party('second'));
  await changed;
  expect(registry.byId('second')).not.toBeNull();
});
