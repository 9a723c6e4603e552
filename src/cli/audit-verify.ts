import { parseArgs } from 'node:util';
import { formatAnchor, readAnchor } from '../audit/chain.js';
import { verifyAuditChain } from '../audit/verify-chain.js';
import type { ChainVerdict } from '../audit/verify-chain.js';
import { printLine, UsageError } from './command.js';
import type { Command } from './command.js';
import { withConfiguredDatabase } from './configured-database.js';

const problems = {
  missing: 'is missing: a row was removed or moved',
  altered: 'was altered: its content, its place or what came before it is not what was sealed',
  cut: 'is missing: the end of the chain was cut off',
} as const;

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'Check that no sealed audit event was changed, removed or moved',
  usage: `audit verify [--anchor NUMBER:HASH]

Walks the whole chain and prints its head. Keep the head outside of the database and give it to the next
run as --anchor: only so is a chain found out that somebody with full access cut or rewrote. The log holds
a head every hour (audit.chain_head). Ends with 1 at the first number that is wrong.`,
  async run(args, io) {
    const { values } = parseArgs({ args, options: { anchor: { type: 'string' } } });
    const anchor = values.anchor === undefined ? null : readAnchor(values.anchor);
    if (values.anchor !== undefined && anchor === null) {
      throw new UsageError('An anchor is a number, a colon and 64 hexadecimal digits.');
    }
    return withConfiguredDatabase(io, async ({ db }) => {
      const verdict = await verifyAuditChain(db, anchor);
      if (!verdict.ok) {
        const { firstBadSeq, problem } = verdict;
        printLine(io.stderr, `Event number ${firstBadSeq} ${problems[problem]}.`);
        printLine(io.stderr, `Intact up to: ${formatAnchor(verdict.head)}`);
        return 1;
      }
      printLine(io.stdout, `${verdict.head.seq} sealed events, no gap, none altered.`);
      printLine(io.stdout, `Head: ${formatAnchor(verdict.head)}`);
      printLine(io.stdout, describeTail(verdict.unsealed));
      return 0;
    });
  },
};

function describeTail({ rows, oldestAt }: ChainVerdict['unsealed']): string {
  return oldestAt === null
    ? 'Nothing waits to be sealed.'
    : `Not sealed yet: ${rows}, the oldest of ${new Date(oldestAt).toISOString()}.`;
}
