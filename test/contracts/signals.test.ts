import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMemorySignals } from '../../src/storage/ephemeral/memory-signals.js';
import { createRedisSignals } from '../../src/storage/ephemeral/redis-signals.js';
import type { Signals } from '../../src/storage/ephemeral/signals.js';
import { startRedisServer, redisBinary } from '../support/services/redis-server.js';
import { freshRedis } from '../support/services/fresh-stores.js';
import { until } from '../support/services/until.js';

/** Two nodes. */
const adapters: { name: string; fresh: () => readonly [Signals, Signals] }[] = [
  {
    name: 'memory',
    fresh: () => {
      const signals = createMemorySignals();
      return [signals, signals];
    },
  },
  ...(process.env.DRAWBRIDGE_TEST_REDIS_URL === undefined
    ? []
    : [
        {
          name: 'redis',
          fresh: () => {
            const options = freshRedis();
            return [createRedisSignals(options), createRedisSignals(options)] as const;
          },
        },
      ]),
];

describe.each(adapters)('signals: $name', ({ fresh }) => {
  let here: Signals;
  let there: Signals;
  beforeEach(() => {
    [here, there] = fresh();
  });
  afterEach(async () => {
    await Promise.all([here.close(), there.close()]);
  });

  test('reach every listener of the topic on all nodes, and no other', async () => {
    const heard: string[] = [];
    await here.listen('a', () => heard.push('here'));
    await there.listen('a', () => heard.push('there'));
    await there.listen('a', () => heard.push('there again'));
    await there.listen('b', () => heard.push('b'));
    await here.send('a');
    await until(() => Promise.resolve(heard.length >= 3));
    await here.send('b');
    await until(() => Promise.resolve(heard.includes('b')));
    expect(heard.sort()).toEqual(['b', 'here', 'there', 'there again']);
  });

  test('who has stopped hears nothing, the others still do', async () => {
    const heard: string[] = [];
    const first = await there.listen('a', () => heard.push('first'));
    await there.listen('a', () => heard.push('second'));
    first.stop();
    first.stop();
    await here.send('a');
    await until(() => Promise.resolve(heard.length > 0));
    expect(heard).toEqual(['second']);
    const anew = await there.listen('a', () => heard.push('anew'));
    await here.send('a');
    await until(() => Promise.resolve(heard.includes('anew')));
    anew.stop();
  });
});

(redisBinary === undefined ? test.skip : test)(
  'Redis going away breaks nothing, and back again listeners are told to look',
  async () => {
    const redis = await startRedisServer();
    const signals = createRedisSignals({ url: redis.url });
    try {
      let heard = 0;
      await signals.listen('a', () => (heard += 1));
      await signals.send('a');
      await until(() => Promise.resolve(heard > 0));
      await redis.server.kill('SIGKILL');
      await signals.send('a');
      const before = heard;
      await redis.server.start();
      await until(() => Promise.resolve(heard > before));
      const back = heard;
      await until(async () => {
        await signals.send('a');
        return heard > back;
      });
    } finally {
      await signals.close();
      await redis.remove();
    }
  },
);
