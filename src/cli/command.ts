import type { Readable, Writable } from 'node:stream';

/** What a command may touch of the process it runs in. */
export interface CommandIo {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/** One command of `npx drawbridge`. */
export interface Command {
  /** One or two words: `config check`. */
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** What follows `drawbridge`, with options explained; printed by `--help` and after a wrong call. */
  usage: string;
  /**
   * Does it and answers with the exit code: 0 done, 1 not done, 2 called wrongly. Options are read with `parseArgs`
   * of `node:util`, whose errors count as a wrong call, as does a `UsageError`.
   */
  run(args: string[], io: CommandIo): Promise<number>;
}

/** The command was called wrongly; its usage is printed below the message. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export function printLine(stream: Writable, line = ''): void {
  stream.write(`${line}\n`);
}
