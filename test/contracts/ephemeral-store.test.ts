import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/kernel/clock.js';
import type { EphemeralStore } from '../../src/storage/ephemeral/ephemeral-store.js';
import { ephemeralAdapters } from '../support/services/fresh-stores.js';

const MINUTE = 60_000;
const set = (key: string, value: string, ttlMs = MINUTE) =>
  ({ kind: 'set', key, value, ttlMs }) as const;
const addMember = (key: string, member: string, ttlMs = MINUTE) =>
  ({ kind: 'add-member', key, member, ttlMs }) as const;
const fifty = <Value>(work: (index: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: 50 }, (_, index) => work(index)));

/** Waits for a condition that time brings about, however slow the machine. */
async function eventually(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}

describe.each(ephemeralAdapters)('ephemeral store: $name', ({ fresh }) => {
  let store: EphemeralStore;
  beforeEach(() => {
    store = fresh(systemClock);
  });
  afterEach(() => store.close());

  test('reads what was set, in the order asked, null for what is not there', async () => {
    expect(await store.commit([set('a', '1'), set('b', 'ü\u0000"\n')])).toBe(true);
    expect(await store.read(['b', 'none', 'a'])).toEqual(['ü\u0000"\n', null, '1']);
    expect(await store.read([])).toEqual([]);
  });

  test('setting again replaces value and time to live', async () => {
    await store.commit([set('a', '1', 1)]);
    await store.commit([set('a', '2')]);
    await delay(5);
    expect(await store.read(['a'])).toEqual(['2']);
  });

  test('deletes, also what is not there', async () => {
    await store.commit([set('a', '1')]);
    await store.commit([
      { kind: 'delete', key: 'a' },
      { kind: 'delete', key: 'none' },
    ]);
    expect(await store.read(['a'])).toEqual([null]);
  });

  test('forgets values, counters and sets after their time', async () => {
    await store.commit([set('a', '1', 20), addMember('s', 'x', 20)]);
    await store.increment('n', 20);
    await eventually(async () => (await store.read(['a', 'n'])).every((value) => value === null));
    await eventually(async () => (await store.members('s')).length === 0);
    expect(await store.take('a')).toBeNull();
    expect(await store.increment('n', MINUTE)).toBe(1);
  });

  test('of 50 parallel takers exactly one gets the value', async () => {
    await store.commit([set('code', 'secret')]);
    const taken = await fifty(() => store.take('code'));
    expect(taken.filter((value) => value !== null)).toEqual(['secret']);
  });

  test('of 50 parallel commits guarded by absence exactly one writes', async () => {
    const done = await fifty((index) =>
      store.commit([set('once', `${index}`)], [{ key: 'once', expected: null }]),
    );
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await store.read(['once'])).toEqual([`${done.indexOf(true)}`]);
  });

  test('50 parallel compare-and-set loops lose no step', async () => {
    await store.commit([set('n', '0')]);
    await fifty(async () => {
      for (;;) {
        const [value = null] = await store.read(['n']);
        const next = set('n', `${Number(value) + 1}`);
        if (await store.commit([next], [{ key: 'n', expected: value }])) return;
      }
    });
    expect(await store.read(['n'])).toEqual(['50']);
  });

  test('one failing guard among several writes nothing', async () => {
    await store.commit([set('a', '1'), addMember('s', 'x')]);
    const guards = [
      { key: 'a', expected: '1' },
      { key: 'b', expected: 'other' },
    ];
    const writes = [
      set('a', '2'),
      set('c', '3'),
      { kind: 'remove-member', key: 's', member: 'x' } as const,
    ];
    expect(await store.commit(writes, guards)).toBe(false);
    expect(await store.read(['a', 'c'])).toEqual(['1', null]);
    expect(await store.members('s')).toEqual(['x']);
    expect(await store.commit(writes, [{ key: 'a', expected: '1' }])).toBe(true);
    expect(await store.read(['a', 'c'])).toEqual(['2', '3']);
  });

  test('an empty expected value is not absence', async () => {
    expect(await store.commit([set('a', 'x')], [{ key: 'a', expected: '' }])).toBe(false);
    await store.commit([set('a', '')]);
    expect(await store.commit([set('a', 'x')], [{ key: 'a', expected: null }])).toBe(false);
    expect(await store.commit([set('a', 'x')], [{ key: 'a', expected: '' }])).toBe(true);
  });

  test('guards alone are a question', async () => {
    expect(await store.commit([], [{ key: 'a', expected: null }])).toBe(true);
    expect(await store.commit([], [{ key: 'a', expected: '1' }])).toBe(false);
    expect(await store.commit([])).toBe(true);
  });

  test('50 parallel increments count to 50', async () => {
    const counts = await fifty(() => store.increment('n', MINUTE));
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  test('the time to live of a counter starts with its first increment', async () => {
    await store.increment('n', 60);
    await eventually(async () => (await store.increment('n', MINUTE)) === 1);
  });

  test('a set lives as long as its youngest member asked for', async () => {
    await store.commit([addMember('s', 'old', MINUTE), addMember('s', 'new', 1)]);
    await store.commit([addMember('t', 'old', 1), addMember('t', 'new', MINUTE)]);
    await delay(5);
    expect((await store.members('s')).toSorted()).toEqual(['new', 'old']);
    expect((await store.members('t')).toSorted()).toContain('new');
    await store.commit([{ kind: 'remove-member', key: 's', member: 'old' }]);
    expect(await store.members('s')).toEqual(['new']);
    expect(await store.members('none')).toEqual([]);
  });

  test('answers a ping, and takes a fraction of a millisecond as a time to live', async () => {
    await store.ping();
    expect(await store.commit([set('a', '1', 0.5)])).toBe(true);
    expect(await store.increment('n', 1500.5)).toBe(1);
  });
});
