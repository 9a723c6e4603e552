import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const entries = readdirSync('src', { recursive: true, withFileTypes: true });
const files = entries
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const folders = entries.filter((entry) => entry.isDirectory());

test('every folder directly below src/ says what it owns', () => {
  const silent = folders
    .filter(({ parentPath }) => parentPath === 'src')
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((folder) => !existsSync(join(folder, 'README.md')));
  expect(silent).toEqual([]);
});

test('no folder or file is a drawer for everything', () => {
  const names = [
    ...folders.map(({ name }) => name),
    ...files.map((file) => file.split('/').at(-1) ?? ''),
  ];
  expect(
    names.filter((name) => /^(utils?|helpers?|common|misc|shared)(\.ts)?$/.test(name)),
  ).toEqual([]);
});

test('names are written with hyphens, and there are no barrel files', () => {
  const sources = files.filter((file) => /\.tsx?$/.test(file));
  expect(sources.filter((file) => !/^[a-z0-9/.-]+$/.test(file))).toEqual([]);
  expect(sources.filter((file) => /\/index\.ts$/.test(file) && file !== 'src/index.ts')).toEqual(
    [],
  );
});

test('no source is longer than 500 lines', () => {
  const long = files
    .filter((file) => /\.(ts|tsx|js)$/.test(file))
    .filter((file) => readFileSync(file, 'utf8').split('\n').length > 500);
  expect(long).toEqual([]);
});
