import type { Redis } from 'ioredis';
import { DependencyUnavailable } from '../../kernel/errors.js';
import type { EphemeralGuard, EphemeralStore, EphemeralWrite } from './ephemeral-store.js';
import { COMMIT_SCRIPT, INCREMENT_SCRIPT } from './redis-scripts.js';
import { RedisConnection, type RedisOptions } from './redis-connection.js';

/** Short-lived state shared by all nodes. Needs Redis 6.2 or later (GETDEL). Connects by itself, in the background. */
export function createRedisEphemeralStore(options: RedisOptions): EphemeralStore {
  return new RedisEphemeralStore(new RedisConnection(options));
}

interface WithScripts extends Redis {
  drawbridgeCommit(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<number>;
  drawbridgeIncrement(keyCount: number, key: string, ttlMs: number): Promise<number>;
}

class RedisEphemeralStore implements EphemeralStore {
  readonly #connection: RedisConnection;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    connection.redis.defineCommand('drawbridgeCommit', { lua: COMMIT_SCRIPT });
    connection.redis.defineCommand('drawbridgeIncrement', { lua: INCREMENT_SCRIPT });
  }

  async read(keys: readonly string[]): Promise<(string | null)[]> {
    if (keys.length === 0) return [];
    return this.#connection.run((redis) => redis.mget(...keys));
  }

  async take(key: string): Promise<string | null> {
    return this.#connection.run((redis) => redis.getdel(key));
  }

  async commit(
    writes: readonly EphemeralWrite[],
    guards: readonly EphemeralGuard[] = [],
  ): Promise<boolean> {
    const keys = [...guards, ...writes].map((part) => part.key);
    if (keys.length === 0) return true;
    const values = [
      guards.length,
      ...guards.flatMap((guard) => [guard.expected === null ? 0 : 1, guard.expected ?? '']),
      ...writes.flatMap(writeArguments),
    ];
    const done = await this.#connection.run((redis) =>
      (redis as WithScripts).drawbridgeCommit(keys.length, ...keys, ...values),
    );
    return done === 1;
  }

  async increment(key: string, ttlMs: number): Promise<number> {
    return this.#connection.run((redis) =>
      (redis as WithScripts).drawbridgeIncrement(1, key, wholeMs(ttlMs)),
    );
  }

  async members(key: string): Promise<string[]> {
    return this.#connection.run((redis) => redis.smembers(key));
  }

  async ping(): Promise<void> {
    const answer = await this.#connection.run((redis) => redis.ping());
    if (answer !== 'PONG') throw new DependencyUnavailable('Redis');
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

/** Three arguments per write, in the order the script reads them: kind, value or member, time to live. */
function writeArguments(write: EphemeralWrite): (string | number)[] {
  switch (write.kind) {
    case 'set':
      return ['set', write.value, wholeMs(write.ttlMs)];
    case 'delete':
      return ['delete', '', 0];
    case 'add-member':
      return ['add-member', write.member, wholeMs(write.ttlMs)];
    case 'remove-member':
      return ['remove-member', write.member, 0];
  }
}

/** Redis refuses fractions and anything below one; what has no time left lives for one more millisecond. */
function wholeMs(ttlMs: number): number {
  return Math.max(1, Math.ceil(ttlMs));
}
