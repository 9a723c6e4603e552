import { parseArgs } from 'node:util';
import { parseDuration } from '../config/duration.js';
import { printLine, UsageError, type Command } from './command.js';
import { withRegistrationTokens } from './configured-registration.js';
import { printable, printableTime } from './printable.js';

const create: Command = {
  name: 'oidc registration-token',
  summary: 'Make a token with which services register themselves, and print it once',
  usage: `oidc registration-token --label "FOR WHOM" [--uses 1] [--expires 7d]

--label    words for the list and the audit log
--uses     how many services it may register, 1 to 1000
--expires  how long it works, at most 90d

Registration has to be on: oidc.registration: token in drawbridge.yaml.`,
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: {
        label: { type: 'string' },
        uses: { type: 'string', default: '1' },
        expires: { type: 'string', default: '7d' },
      },
    });
    const label = values.label?.trim() ?? '';
    const uses = /^\d{1,4}$/.test(values.uses) ? Number(values.uses) : 0;
    const lifetime = parseDuration(values.expires) ?? 0;
    if (label === '' || label.length > 100) {
      throw new UsageError('--label is needed, with 1 to 100 characters.');
    }
    if (uses < 1 || uses > 1_000) throw new UsageError('--uses is a number from 1 to 1000.');
    if (lifetime < 1 || lifetime > LONGEST_MS) {
      throw new UsageError('--expires is a duration of up to 90d, such as 12h or 7d.');
    }
    return withRegistrationTokens(io, async (tokens) => {
      const made = await tokens.create({ label, uses, lifetime });
      const often = uses === 1 ? 'one service' : `${uses} services`;
      printLine(io.stdout, `${made.id} registers ${often} until ${printableTime(made.expiresAt)}:`);
      printLine(io.stdout, made.token);
      return 0;
    });
  },
};

const list: Command = {
  name: 'oidc registration-tokens',
  summary: 'List the tokens with which services register themselves, or revoke one',
  usage: `oidc registration-tokens [--revoke ID]

Services that were registered with a revoked token stay.`,
  async run(args, io) {
    const { values } = parseArgs({ args, options: { revoke: { type: 'string' } } });
    const { revoke } = values;
    return withRegistrationTokens(io, async (tokens) => {
      if (revoke !== undefined) {
        const revoked = await tokens.revoke(revoke);
        if (revoked) printLine(io.stdout, `${printable(revoke)} is revoked.`);
        else printLine(io.stderr, `There is no token ${printable(revoke)}.`);
        return revoked ? 0 : 1;
      }
      const all = await tokens.list();
      if (all.length === 0) printLine(io.stdout, 'There are none.');
      for (const { id, label, remaining, expiresAt } of all) {
        const until = printableTime(expiresAt);
        printLine(io.stdout, `${id}  ${remaining} left  until ${until}  ${printable(label)}`);
      }
      return 0;
    });
  },
};

export const registrationCommands: readonly Command[] = [create, list];

const LONGEST_MS = 90 * 86_400_000;
