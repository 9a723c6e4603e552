import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DependencyUnavailable } from '../../src/kernel/errors.js';
import type { EphemeralStore } from '../../src/storage/ephemeral/ephemeral-store.js';
import { RedisConnection } from '../../src/storage/ephemeral/redis-connection.js';
import { createRedisEphemeralStore } from '../../src/storage/ephemeral/redis-ephemeral-store.js';
import { freePort } from '../support/services/child-server.js';
import {
  redisBinary,
  sentinelBinary,
  startRedisSentinelTrio,
  startRedisServer,
  type TestRedis,
  type TestSentinelTrio,
} from '../support/services/redis-server.js';
import { until } from '../support/services/until.js';

const write = (value: string) => [{ kind: 'set', key: 'k', value, ttlMs: 60_000 }] as const;
const works = async (store: EphemeralStore) =>
  store.commit(write('again')).catch((error: unknown) => {
    expect(error).toBeInstanceOf(DependencyUnavailable);
    return false;
  });

(redisBinary === undefined ? describe.skip : describe)('Redis coming and going', () => {
  let redis: TestRedis;
  let store: EphemeralStore;
  beforeAll(async () => {
    redis = await startRedisServer();
    store = createRedisEphemeralStore({ url: redis.url });
  });
  afterAll(async () => {
    await store.close();
    await redis.remove();
  });

  test('the first command waits for the connection', async () => {
    expect(await store.commit(write('first'))).toBe(true);
  });

  test('while it is down every method says so, and afterwards works without a restart', async () => {
    await redis.server.kill('SIGKILL');
    const attempts = [
      store.read(['k']),
      store.take('k'),
      store.commit(write('x')),
      store.increment('n', 1_000),
      store.members('s'),
      store.ping(),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toThrow(DependencyUnavailable);
    await redis.server.start();
    await until(() => works(store));
    // The server has lost its scripts with its memory; the store brings them along.
    expect(await store.read(['k'])).toEqual(['again']);
  });

  test('a server that has gone silent is given up on, and used again when it is back', async () => {
    redis.server.signal('SIGSTOP');
    await expect(store.read(['k'])).rejects.toThrow(DependencyUnavailable);
    redis.server.signal('SIGCONT');
    await until(() => works(store));
  });

  test('a server that takes no writes is an outage, not an error', async () => {
    await redis.command('REPLICAOF 127.0.0.1 1');
    await expect(store.commit(write('x'))).rejects.toThrow(DependencyUnavailable);
    await redis.command('REPLICAOF NO ONE');
    await until(() => works(store));
  });

  test('nobody there from the start is an outage as well', async () => {
    const lost = createRedisEphemeralStore({ url: `redis://127.0.0.1:${await freePort()}` });
    await expect(lost.ping()).rejects.toThrow(DependencyUnavailable);
    await lost.close();
  });
});

(sentinelBinary === undefined ? describe.skip : describe)('Redis with Sentinel', () => {
  let trio: TestSentinelTrio;
  let store: EphemeralStore;
  beforeAll(async () => {
    trio = await startRedisSentinelTrio();
    store = createRedisEphemeralStore(trio.options);
  });
  afterAll(async () => {
    await store.close();
    await trio.remove();
  });

  test('comes back when a failover is announced while it asks where to connect to', async () => {
    const connection = new RedisConnection(trio.options);
    await connection.run((redis) => redis.ping());
    const { connector } = connection.redis as unknown as { connector: { disconnect(): void } };
    const ended = new Promise<void>((resolve) => connection.redis.once('end', resolve));
    connection.redis.once('connecting', () => connector.disconnect());
    connection.redis.disconnect(true);
    await ended;
    await until(async () =>
      connection
        .run((redis) => redis.ping())
        .then(
          (answer) => answer === 'PONG',
          () => false,
        ),
    );
    await connection.close();
  });

  test('works on after the replica was promoted, keeping what was replicated', async () => {
    await store.commit([{ kind: 'set', key: 'kept', value: 'yes', ttlMs: 600_000 }]);
    await until(async () => (await trio.replica.command('GET kept')).includes('yes'));
    await trio.primary.server.kill('SIGKILL');
    await expect(store.commit(write('x'))).rejects.toThrow(DependencyUnavailable);
    // Whoever promotes it cuts off those who are connected.
    const role = () => trio.replica.command('ROLE').catch(() => '');
    await until(async () => (await role()).includes('master'));
    await until(() => works(store));
    expect(await store.read(['kept', 'k'])).toEqual(['yes', 'again']);
    expect(await trio.replica.command('GET k')).toContain('again');
  }, 120_000);
});
