import { monitorEventLoopDelay } from 'node:perf_hooks';
import { hash } from '@node-rs/argon2';

/** What a measured process can be asked for, by name. */
export type Commands = Readonly<Record<string, () => number | Promise<number>>>;

export type Reply = { value: number } | { error: string };

const HASHES = 8;
/** Of the timer behind the histogram; part of every value. */
const RESOLUTION_MS = 1;

/**
 * Tells the parent process that this one is ready, measures what it asks for, and ends when told. Besides `more` there are
 * `cpu`: milliseconds of CPU so far; `hashes`: CPU per argon2id hash of the product's default cost, in milliseconds;
 * `watch`: starts over with the event-loop delay, `delay`: its 99th percentile since, in milliseconds.
 */
export function answerCommands(
  ready: object,
  close: () => Promise<void>,
  more: Commands = {},
): void {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const commands: Commands = {
    ...more,
    cpu: cpuMs,
    async hashes() {
      const before = cpuMs();
      for (let count = 0; count < HASHES; count += 1) await hash('a password', COST);
      return (cpuMs() - before) / HASHES;
    },
    watch() {
      histogram.enable();
      histogram.reset();
      return 0;
    },
    delay: () => histogram.percentile(99) / 1e6,
  };
  const answer = async (name: string): Promise<Reply> => {
    const command = commands[name];
    if (command === undefined) return { error: `no command is called ${name}` };
    try {
      return { value: await command() };
    } catch (error) {
      return { error: String(error) };
    }
  };
  process.on('message', (name: string) => {
    void answer(name).then((reply) => process.send?.(reply));
  });
  process.on('SIGTERM', () => {
    void close().finally(() => process.exit(0));
  });
  process.send?.(ready);
}

const COST = {
  // argon2id, which the library's types name by a const enum.
  algorithm: 2,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

/** Of all threads of this process together. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
