import { availableParallelism } from 'node:os';
import { Overloaded } from '../../kernel/errors.js';

/** Runs work in one of the few places where hashing may happen at the same time. */
export type HashSlot = <Value>(work: () => Promise<Value>) => Promise<Value>;

/**
 * Bounds hashing: never more at a time than leaves a core for everything else, never a longer line than people
 * wait for. Never wait for it inside a database transaction.
 */
export interface HashQueue {
  /** @throws Overloaded when the line is full */
  run<Value>(work: () => Promise<Value>): Promise<Value>;

  /**
   * The same for work of several steps, of which only those given to `slot` hash. Work with equal keys takes
   * turns within this process.
   * @throws Overloaded when the line is full; then nothing of the work has begun
   */
  takeTurn<Value>(key: string, work: (slot: HashSlot) => Promise<Value>): Promise<Value>;

  /** Hashing now and waiting for it, for a gauge. */
  size(): number;
}

export interface HashQueueLimits {
  /** Hashes at the same time. */
  concurrency: number;
  /** How many may wait beyond those. */
  length: number;
}

/** All cores but one, and a line of about two seconds. */
export function defaultHashQueueLimits(): HashQueueLimits {
  const concurrency = Math.max(1, availableParallelism() - 1);
  return { concurrency, length: 100 * concurrency };
}

export function createHashQueue({ concurrency, length }: HashQueueLimits): HashQueue {
  const waiting: (() => void)[] = [];
  const lastTurn = new Map<string, Promise<void>>();
  let admitted = 0;
  let hashing = 0;

  const slot: HashSlot = async (work) => {
    if (hashing < concurrency) hashing += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) hashing -= 1;
      else next();
    }
  };

  async function admit<Value>(work: () => Promise<Value>): Promise<Value> {
    if (admitted >= concurrency + length) throw new Overloaded('password hashing');
    admitted += 1;
    try {
      return await work();
    } finally {
      admitted -= 1;
    }
  }

  async function inTurn<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const before = lastTurn.get(key);
    let finish = () => {};
    const mine = new Promise<void>((resolve) => (finish = resolve));
    lastTurn.set(key, mine);
    await before;
    try {
      return await work();
    } finally {
      finish();
      if (lastTurn.get(key) === mine) lastTurn.delete(key);
    }
  }

  return {
    run: (work) => admit(() => slot(work)),
    takeTurn: (key, work) => admit(() => inTurn(key, () => work(slot))),
    size: () => admitted,
  };
}
