import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { DependencyUnavailable, Overloaded } from '../../../src/kernel/errors.js';
import { createDependencyWatch } from '../../../src/server/dependency-watch.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function watched() {
  const told: string[] = [];
  let answers = false;
  const ping = () => (answers ? Promise.resolve() : Promise.reject(new Error('away')));
  const watch = createDependencyWatch({
    alarms: {
      raise: (name, detail) => Promise.resolve(void told.push(`${name}: ${detail}`)),
      clear: (name) => Promise.resolve(void told.push(`${name} cleared`)),
      standing: () => [],
    },
    database: { ping: () => Promise.resolve() },
    store: { ping },
  });
  return { watch, told, comeBack: () => (answers = true) };
}

test('an outage raises the alarm, and the answer of all stores clears it', async () => {
  const { watch, told, comeBack } = watched();
  watch.noticed(new DependencyUnavailable('Redis'));
  await jest.advanceTimersByTimeAsync(5_000);
  expect(told).toEqual(['dependency_unavailable: Redis is unavailable']);
  comeBack();
  await jest.advanceTimersByTimeAsync(2_500);
  expect(told.at(-1)).toBe('dependency_unavailable cleared');
  await jest.advanceTimersByTimeAsync(10_000);
  expect(told).toHaveLength(2);
  watch.stop();
});

test('other errors are no outage', () => {
  const { watch, told } = watched();
  watch.noticed(new Overloaded('hashing'));
  watch.noticed(new Error('a defect'));
  expect(told).toEqual([]);
});
