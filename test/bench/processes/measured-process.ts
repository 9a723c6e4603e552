import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { bundle } from './bundle.js';
import type { Reply } from './answer-commands.js';

/** A server in a process of its own, which measures itself when told. */
export class MeasuredProcess<Ready> {
  readonly ready: Ready;
  readonly #child: ChildProcess;
  readonly #file: string;

  private constructor(child: ChildProcess, file: string, ready: Ready) {
    this.#child = child;
    this.#file = file;
    this.ready = ready;
  }

  /** @param program a TypeScript file that calls `answerCommands` when its server listens */
  static async start<Ready>(program: string, options: object): Promise<MeasuredProcess<Ready>> {
    const file = await bundle(program);
    const extra = process.env.DRAWBRIDGE_BENCH_EXEC_ARGV?.split(' ') ?? [];
    const child = fork(file, [JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: extra,
      env: { ...process.env, NODE_ENV: 'production' },
    });
    const [ready] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error(`${program} ended before it was ready`);
      }),
    ])) as [Ready];
    return new MeasuredProcess(child, file, ready);
  }

  /** CPU of the process during `work`, in milliseconds, all of its threads together. */
  async cpuDuring(work: () => Promise<unknown>): Promise<number> {
    const before = await this.ask('cpu');
    await work();
    return (await this.ask('cpu')) - before;
  }

  /** @param command one of `answerCommands`, or of those the program adds */
  async ask(command: string): Promise<number> {
    this.#child.send(command);
    const [reply] = (await once(this.#child, 'message')) as [Reply];
    if ('error' in reply) throw new Error(`${command}: ${reply.error}`);
    return reply.value;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
    await rm(this.#file, { force: true });
  }
}
