import type { Signals } from './signals.js';

/** Signals within one process. */
export function createMemorySignals(): Signals {
  const topics = new Map<string, Set<() => void>>();
  return {
    send(topic) {
      for (const listener of [...(topics.get(topic) ?? [])]) queueMicrotask(listener);
      return Promise.resolve();
    },
    listen(topic, listener) {
      const own = () => listener();
      const listeners = topics.get(topic) ?? new Set();
      topics.set(topic, listeners.add(own));
      const stop = () => {
        listeners.delete(own);
        if (listeners.size === 0 && topics.get(topic) === listeners) topics.delete(topic);
      };
      return Promise.resolve({ stop });
    },
    close() {
      topics.clear();
      return Promise.resolve();
    },
  };
}
