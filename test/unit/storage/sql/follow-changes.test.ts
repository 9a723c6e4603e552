import { expect, test } from '@jest/globals';
import { followChanges } from '../../../../src/storage/sql/follow-changes.js';
import { until } from '../../../support/services/until.js';

function following(load: () => Promise<void>, everyMs?: number) {
  const listeners: (() => unknown)[] = [];
  const errors: unknown[] = [];
  const followed = followChanges({
    changeFeed: {
      subscribe(_topic, listener) {
        listeners.push(listener);
        return () => listeners.splice(0);
      },
    },
    topic: 'anything',
    load,
    ...(everyMs === undefined ? {} : { everyMs }),
    onError: (error) => errors.push(error),
  });
  return { ...followed, errors, announce: () => listeners.forEach((listener) => listener()) };
}

test('a load that fails is tried again until it succeeds', async () => {
  let [tries, loaded] = [0, false];
  const one = following(async () => {
    tries += 1;
    if (tries === 1) throw new Error('the database is away');
    loaded = true;
  });
  one.announce();
  await until(async () => loaded);
  expect([tries, one.errors.length]).toEqual([2, 1]);
  one.close();
  one.announce();
  expect(tries).toBe(2);
});

test('loads never overlap, and whoever asks gets one that began after asking', async () => {
  let [state, seen, running, most] = [0, -1, 0, 0];
  const one = following(async () => {
    most = Math.max(most, (running += 1));
    const read = state;
    await new Promise((resolve) => setImmediate(resolve));
    seen = read;
    running -= 1;
  });
  const first = one.refresh();
  state = 1;
  await Promise.all([first, ...Array.from({ length: 20 }, () => one.refresh())]);
  expect([seen, most]).toEqual([1, 1]);
  await expect(one.refresh()).resolves.toBeUndefined();
});

test('what must not stay unread is loaded again without being told', async () => {
  let loads = 0;
  const one = following(async () => {
    loads += 1;
  }, 5);
  await until(async () => loads > 2);
  one.close();
});
