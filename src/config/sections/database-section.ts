import { resolve } from 'node:path';
import { z } from 'zod';
import type { DatabaseConfiguration } from '../configuration.js';
import { text, yesNo } from '../fields.js';

/** Either the embedded database or PostgreSQL. */
export const databaseSection = z
  .object({
    file: text({
      description:
        'The file of the embedded database, for one server process. Default: drawbridge.sqlite beside the configuration file.',
      format: 'path',
      example: 'drawbridge.sqlite',
    }).optional(),
    url: text(
      {
        description: 'PostgreSQL 15 or newer, for any number of server processes. Instead of file.',
        format: 'URL',
        example: 'postgres://drawbridge@db.example.org/drawbridge',
        secret: true,
      },
      (url) =>
        /^postgres(ql)?:\/\/./.test(url) && URL.canParse(url) ? null : 'must be a postgres:// URL',
    ).optional(),
    prepared_statements: yesNo({
      description:
        'Whether connections to PostgreSQL keep statements prepared. Not behind a pooler that gives every transaction another connection, unless it supports them (PgBouncer from 1.21 with max_prepared_statements).',
    }).prefault(true),
  })
  .superRefine((database, context) => {
    if (database.file === undefined || database.url === undefined) return;
    context.addIssue({
      code: 'custom',
      path: ['url'],
      message: 'stands beside file, and only one database can be used',
      params: { remedy: 'Remove file or url.' },
    });
  });

export function readDatabase(
  database: z.output<typeof databaseSection>,
  folder: string,
): DatabaseConfiguration {
  if (database.url !== undefined) {
    return { url: database.url, preparedStatements: database.prepared_statements };
  }
  return { file: resolve(folder, database.file ?? 'drawbridge.sqlite') };
}
