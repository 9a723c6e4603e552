import { parseArgs } from 'node:util';
import { readPrefixedId } from '../kernel/prefixed-id.js';
import { printLine, UsageError, type Command, type CommandIo } from './command.js';
import { commandLine, type PersonCommandParts, type WithPeople } from './configured-people.js';

const revokedBy = { because: 'help-desk', actor: commandLine } as const;

export const deviceRevoke = (withPeople: WithPeople): Command => ({
  name: 'device revoke',
  summary: 'Take phones out of use, at once and for good',
  usage: `device revoke ID...
device revoke --all USERNAME...

ID is what device list shows (prf_...). With --all, every phone of each of these people; USERNAME may also be the mail
address or UPN. Requests that wait for an answer end, the phone is wiped when it next asks, its codes are worth nothing, and the
person is told by mail. What was opened with them ends as authenticator.revocation_ends says.`,
  async run(args, io) {
    const options = { all: { type: 'boolean' as const } };
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length === 0) throw new UsageError('Say which.');
    return withPeople(io, async (parts) => {
      let code = 0;
      for (const named of positionals) {
        const revoke = values.all === true ? revokeAllOf : revokeOne;
        if (!(await revoke(parts, named, io))) code = 1;
      }
      return code;
    });
  },
});

async function revokeOne(
  { database, phones }: PersonCommandParts,
  named: string,
  io: CommandIo,
): Promise<boolean> {
  const id = readPrefixedId('prf', named);
  const revoked =
    id === null
      ? null
      : await database.transaction((tx) => phones.revocation.revokeProfile(tx, id, revokedBy));
  const done = revoked !== null;
  if (done) printLine(io.stdout, `${named} is revoked.`);
  else printLine(io.stderr, `There is no phone ${named} in use.`);
  return done;
}

async function revokeAllOf(
  { database, phones, reader }: PersonCommandParts,
  named: string,
  io: CommandIo,
): Promise<boolean> {
  const person = await reader.findByAlias(named);
  if (person === null) {
    printLine(io.stderr, `There is no ${named}.`);
    return false;
  }
  const count = await database.transaction((tx) =>
    phones.revocation.revokeAll(tx, person.id, revokedBy),
  );
  printLine(io.stdout, `${person.username}: phones revoked: ${count}.`);
  return true;
}
