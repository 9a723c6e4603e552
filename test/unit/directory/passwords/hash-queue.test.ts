import { expect, test } from '@jest/globals';
import { createHashQueue } from '../../../../src/directory/passwords/hash-queue.js';
import { Overloaded } from '../../../../src/kernel/errors.js';

/** Work that ends when it is told to. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test('runs as many at a time as allowed, the others in order', async () => {
  const queue = createHashQueue({ concurrency: 2, length: 10 });
  const started: number[] = [];
  const gates = [0, 1, 2, 3].map(gate);
  const all = gates.map(({ opened }, index) =>
    queue.run(() => {
      started.push(index);
      return opened;
    }),
  );
  await soon();
  expect(started).toEqual([0, 1]);
  expect(queue.size()).toBe(4);
  gates[1]?.open();
  await soon();
  expect(started).toEqual([0, 1, 2]);
  gates.forEach(({ open }) => open());
  await Promise.all(all);
  expect(started).toEqual([0, 1, 2, 3]);
  expect(queue.size()).toBe(0);
});

test('refuses what is beyond its length, and recovers', async () => {
  const queue = createHashQueue({ concurrency: 1, length: 1 });
  const held = gate();
  const first = queue.run(() => held.opened);
  const second = queue.run(async () => 'second');
  await expect(queue.run(async () => 'third')).rejects.toThrow(Overloaded);
  held.open();
  await first;
  expect(await second).toBe('second');
  expect(await queue.run(async () => 'fourth')).toBe('fourth');
});

test('work that throws gives its place back', async () => {
  const queue = createHashQueue({ concurrency: 1, length: 0 });
  for (let round = 0; round < 3; round += 1) {
    await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(queue.takeTurn('key', () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
  }
  expect(await queue.takeTurn('key', (slot) => slot(async () => 'fine'))).toBe('fine');
});

test('work with one key takes turns, other keys do not wait for it', async () => {
  const queue = createHashQueue({ concurrency: 4, length: 10 });
  const held = gate();
  const events: string[] = [];
  const first = queue.takeTurn('a', async () => {
    events.push('a1');
    await held.opened;
    events.push('a1 done');
  });
  const second = queue.takeTurn('a', async () => void events.push('a2'));
  await queue.takeTurn('b', async () => void events.push('b'));
  expect(events).toEqual(['a1', 'b']);
  held.open();
  await Promise.all([first, second]);
  expect(events).toEqual(['a1', 'b', 'a1 done', 'a2']);
});
