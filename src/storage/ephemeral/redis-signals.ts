import type { Redis } from 'ioredis';
import { RedisConnection, type RedisOptions } from './redis-connection.js';
import type { Signals } from './signals.js';

/**
 * Signals by publish/subscribe, over two connections of their own: one that listens can send nothing else. While Redis is
 * away nothing is sent and nothing heard; ioredis subscribes anew by itself when it is back.
 */
export function createRedisSignals(options: RedisOptions): Signals {
  const sending = new RedisConnection(options);
  const listening = new RedisConnection(options);
  const topics = new Map<string, Set<() => void>>();
  const channel = (topic: string): string => `${options.keyPrefix ?? ''}signal:${topic}`;
  const wake = (name: string) => {
    for (const listener of [...(topics.get(name) ?? [])]) listener();
  };
  listening.redis.on('message', wake);
  // What was sent during an outage is lost; whoever listens may look at once.
  let ready = false;
  listening.redis.on('ready', () => {
    if (ready) for (const name of topics.keys()) wake(name);
    ready = true;
  });

  const subscribe = (name: string): Promise<unknown> =>
    listening.run((redis: Redis) => redis.subscribe(name)).catch(() => {});

  return {
    async send(topic) {
      await sending.run((redis) => redis.publish(channel(topic), '')).catch(() => {});
    },

    async listen(topic, listener) {
      const name = channel(topic);
      const own = () => listener();
      const known = topics.get(name);
      const listeners = known ?? new Set();
      topics.set(name, listeners.add(own));
      await subscribe(name);
      const stop = () => {
        listeners.delete(own);
        if (listeners.size > 0 || topics.get(name) !== listeners) return;
        topics.delete(name);
        void listening.run((redis) => redis.unsubscribe(name)).catch(() => {});
      };
      return { stop };
    },

    async close() {
      topics.clear();
      await Promise.all([sending.close(), listening.close()]);
    },
  };
}
