import { monitorEventLoopDelay } from 'node:perf_hooks';
import { hash } from '@node-rs/argon2';

/**
 * `cpu`: milliseconds of CPU so far. `hashes`: CPU per argon2id hash of the product's default cost, in milliseconds.
 * `watch`: starts over with the event-loop delay, `delay`: its 99th percentile since, in milliseconds.
 */
export type Command = 'cpu' | 'hashes' | 'watch' | 'delay';

export interface Reply {
  value: number;
}

const HASHES = 8;
/** Of the timer behind the histogram; part of every value. */
const RESOLUTION_MS = 1;

/** Tells the parent process that this server is ready, measures what it asks for, and ends when told. */
export function answerCommands(ready: object, close: () => Promise<void>): void {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const answer = async (command: Command): Promise<number> => {
    switch (command) {
      case 'cpu':
        return cpuMs();
      case 'hashes': {
        const before = cpuMs();
        for (let count = 0; count < HASHES; count += 1) await hash('a password', COST);
        return (cpuMs() - before) / HASHES;
      }
      case 'watch':
        histogram.enable();
        histogram.reset();
        return 0;
      case 'delay':
        return histogram.percentile(99) / 1e6;
    }
  };
  process.on('message', (command: Command) => {
    void answer(command).then((value) => process.send?.({ value }));
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

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
