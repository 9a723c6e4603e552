import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { allHostile } from './support/all-hostile.js';
import { partnerId } from './support/genuine.js';
import {
  files,
  loosened,
  source,
  textOf,
  withoutAlternatives,
  withoutRefusals,
} from './support/mutants.js';
import type { Mutant } from './support/mutants.js';

/**
 * Each check is switched off in a copy of its source, by making its `refuse(…)` do nothing, and the hostile messages
 * have to notice: one of them is then accepted, or refused by another rule than the one that is meant for it.
 */
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');

/** Second lines of defence: another check, or the schema, always comes first. Each with what that is. */
const behindAnother = new Map([
  ['decrypt-element.ts no-encrypted-data', 'the schema demands it'],
  ['decrypt-element.ts cipher', 'what comes of it is no text, and all failures are one'],
  ['decrypt-element.ts no-cipher-value', 'what comes of it is no text, and all failures are one'],
  ['decrypt-element.ts not-decryptable', 'what comes of it is no text, and all failures are one'],
  ['xml-document.ts no-signed-info', 'the guard counts them'],
  ['receive-message.ts other-message', 'the canonical bytes are those of the guarded document'],
  ["enveloped-signature.ts id === '' → false", 'the schema demands an ID'],
  ['guard.ts type === undefined → false', 'nobody expects nothing'],
  ['guard.ts elementsOf(issuer).length > 0 → false', 'the schema has no elements there'],
  ['receive-message.ts message.type !== guarded.type → false', 'as other-message'],
  ['receive-message.ts message.issuer !== issuer → false', 'as other-message'],
  ['signed-info.ts one === undefined → false', 'the schema demands each of them'],
  ['signed-info.ts first === undefined → false', 'where there is no first, there is no second'],
]);

const refusals = files.flatMap(withoutRefusals);
const mutants = [...refusals, ...files.flatMap(withoutAlternatives), ...loosened()];
let folder: string;
let noticed: Record<string, string | null>;

/** One module each, all with the same parser, because compiling the schemas for each would take minutes. */
async function bundle(entry: string, outfile: string, mutant: Mutant | null): Promise<void> {
  await build({
    entryPoints: [join(source, entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    plugins: [
      {
        name: 'mutant',
        setup({ onLoad, onResolve }) {
          onResolve({ filter: /\.js$/ }, ({ path, kind }) =>
            kind !== 'entry-point' && path === './libxml.js'
              ? { path: './libxml.mjs', external: true }
              : null,
          );
          onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === mutant?.path ? { contents: mutant.text, loader: 'ts' } : null,
          );
        },
      },
    ],
  });
}

beforeAll(async () => {
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  // Inside the project, so that packages are found from there.
  folder = mkdtempSync(join(root, 'node_modules/.cache/saml-mutants-'));
  await bundle('libxml.ts', join(folder, 'libxml.mjs'), null);
  const original = { name: 'original', file: join(folder, 'original.mjs'), detail: null };
  await bundle('receive-message.ts', original.file, null);
  const built = [original];
  for (const [index, mutant] of mutants.entries()) {
    const file = join(folder, `mutant-${index}.mjs`);
    await bundle('receive-message.ts', file, mutant);
    built.push({ name: mutant.name, file, detail: mutant.detail as null });
  }
  const job = join(folder, 'job.json');
  writeFileSync(job, JSON.stringify({ cases: allHostile(), partnerId, mutants: built }));
  noticed = JSON.parse(
    execFileSync(process.execPath, [join(here, 'support/run-mutants.mjs'), job], {
      encoding: 'utf8',
      env: {},
      timeout: 60_000,
    }),
  ) as typeof noticed;
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('nothing is noticed about the original', () => {
  expect(noticed.original).toBeNull();
});

test('there are as many mutants as refusals, and each has a name of its own', () => {
  const checks = files.flatMap((file) => textOf(file).match(/\brefuse\((?!refusal)/g) ?? []);
  expect(refusals).toHaveLength(checks.length);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

test.each(mutants)('noticed: $name', ({ name }) => {
  if (behindAnother.has(name.replace(/:\d+/, ''))) expect(noticed[name]).toBeNull();
  else expect(noticed[name]).toEqual(expect.any(String));
});
