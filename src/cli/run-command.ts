import { DrawbridgeError } from '../kernel/errors.js';
import { describeArgumentError, isArgumentError } from './argument-error.js';
import { printLine, UsageError, type Command, type CommandIo } from './command.js';
import { usageText } from './usage-text.js';

/** Finds the command in the arguments and runs it; answers with the exit code. */
export async function runCommand(
  commands: readonly Command[],
  args: readonly string[],
  io: CommandIo,
): Promise<number> {
  const words = args.filter((arg) => arg !== '--help' && arg !== '-h');
  const wantsHelp = words.length < args.length || words[0] === 'help';
  const called = words[0] === 'help' ? words.slice(1) : words;
  const command = findCommand(commands, called);
  if (command === null) return listCommands(commands, called, wantsHelp, io);
  if (wantsHelp) {
    printLine(io.stdout, `${command.summary}\n\n${usageText(command)}`);
    return 0;
  }
  try {
    return await command.run(called.slice(command.name.split(' ').length), io);
  } catch (error) {
    if (error instanceof UsageError || isArgumentError(error)) {
      const said = error instanceof UsageError ? error.message : describeArgumentError(error);
      printLine(io.stderr, `${said}\n\n${usageText(command)}`);
      return 2;
    }
    const known = error instanceof DrawbridgeError || !(error instanceof Error);
    printLine(io.stderr, known ? messageOf(error) : (error.stack ?? error.message));
    return 1;
  }
}

/** The longest name that the words begin with. */
function findCommand(commands: readonly Command[], words: readonly string[]): Command | null {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const found = commands.find((command) => command.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

function listCommands(
  commands: readonly Command[],
  words: readonly string[],
  wantsHelp: boolean,
  io: CommandIo,
): number {
  const [group] = words;
  const inGroup = commands.filter((command) => command.name.split(' ')[0] === group);
  const listed = inGroup.length > 0 ? inGroup : commands;
  const width = Math.max(0, ...listed.map(({ name }) => name.length));
  const lines = listed
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  const help = ['Usage: npx drawbridge <command> [options]', '', ...lines].join('\n');
  const asked = wantsHelp && (group === undefined || inGroup.length > 0);
  if (asked) {
    printLine(io.stdout, `${help}\n\nnpx drawbridge <command> --help says more.`);
    return 0;
  }
  const complaint =
    group === undefined ? 'No command given.' : `Unknown command: ${words.join(' ')}`;
  printLine(io.stderr, `${complaint}\n\n${help}`);
  return 2;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
