import { expect, test } from '@jest/globals';
import { createMemoryEphemeralStore } from '../../../../src/storage/ephemeral/memory-ephemeral-store.js';

test('goes by the injected clock, to the millisecond', async () => {
  let now = 0;
  const store = createMemoryEphemeralStore({ now: () => now });
  await store.commit([{ kind: 'set', key: 'a', value: '1', ttlMs: 100 }]);
  now = 99;
  expect(await store.read(['a'])).toEqual(['1']);
  now = 100;
  expect(await store.read(['a'])).toEqual([null]);
});

test('flows nobody finishes do not pile up', async () => {
  let now = 0;
  let looks = 0;
  const store = createMemoryEphemeralStore({
    now: () => {
      looks += 1;
      return now;
    },
  });
  const before = process.memoryUsage().heapUsed;
  for (let flow = 0; flow < 200_000; flow += 1) {
    now += 1;
    await store.commit([
      { kind: 'set', key: `signin:${flow}`, value: 'x'.repeat(500), ttlMs: 1_000 },
    ]);
  }
  // 200,000 abandoned flows of half a kilobyte would be about 100 MB; a thousand are alive at a time.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(60 * 2 ** 20);
  expect(looks).toBeLessThan(200_000 * 10);
  expect(await store.read(['signin:0', 'signin:199999'])).toEqual([null, 'x'.repeat(500)]);
});
