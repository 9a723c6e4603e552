import { parseArgs } from 'node:util';
import { findAuditEvent, findTallyOf } from '../audit/find-audit-event.js';
import { readReference } from '../audit/reference.js';
import type { AuditEventsTable } from '../storage/sql/tables.js';
import { printLine, UsageError } from './command.js';
import type { Command } from './command.js';
import { withConfiguredDatabase } from './configured-database.js';
import { printable } from './printable.js';

export const auditShow: Command = {
  name: 'audit show',
  summary: 'Show the audit event behind a reference that somebody saw on a page',
  usage: `audit show REFERENCE [--json]

REFERENCE  the code from the page, for instance 7K2QF-0XW9M; case and hyphen do not matter
--json     print the row as JSON`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
    });
    const reference = readReference(positionals[0] ?? '');
    if (reference === null || positionals.length !== 1) {
      throw new UsageError('A reference has ten letters and digits, such as 7K2QF-0XW9M.');
    }
    return withConfiguredDatabase(io, async ({ db }) => {
      const row = await findAuditEvent(db, reference);
      if (row === null) {
        printLine(io.stderr, `There is no event ${reference}.`);
        return 1;
      }
      const tally = row.kind === 'audit.aggregated' ? await findTallyOf(db, row) : null;
      const rows = tally === null ? [row] : [row, tally];
      for (const shown of rows) {
        if (values.json === true) printLine(io.stdout, JSON.stringify(shown));
        else for (const line of describeRow(shown)) printLine(io.stdout, line);
      }
      return 0;
    });
  },
};

function describeRow(row: AuditEventsTable): string[] {
  const data = JSON.parse(row.data) as Record<string, unknown>;
  const fields: [string, string | null][] = [
    ['reference', row.reference],
    ['time', new Date(row.at).toISOString()],
    ['event', row.kind],
    ['reason', row.reason],
    ['person', row.person_id],
    ['relying party', row.relying_party],
    ['from', row.client_address],
    ...Object.entries(data).map(([name, value]): [string, string] => [name, shown(value)]),
    ['sealed', row.seq === null ? 'not yet' : `as number ${row.seq}`],
  ];
  return fields
    .filter(([, value]) => value !== null)
    .map(([label, value]) => `${label.padEnd(14)} ${printable(value ?? '')}`)
    .concat('');
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
