import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { allMigrations } from '../../../../src/storage/sql/migrations/all-migrations.js';
import { DIALECT_WORDS } from '../../../../src/storage/sql/migrations/migration.js';

test.each(['postgres', 'sqlite'] as const)('every table of %s is in docs/storage.md', (dialect) => {
  const document = readFileSync(new URL('../../../../docs/storage.md', import.meta.url), 'utf8');
  const statements = allMigrations.flatMap(({ statements }) => statements(DIALECT_WORDS[dialect]));
  const tables = statements.flatMap(
    (statement) => /^create table (\w+)/.exec(statement)?.[1] ?? [],
  );
  expect(tables.length).toBeGreaterThan(15);
  expect(tables.filter((table) => !document.includes(`| \`${table}\` |`))).toEqual([]);
});
