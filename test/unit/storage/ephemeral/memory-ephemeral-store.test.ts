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

test('flows nobody finishes do not pile up, and no write looks at more than a few', async () => {
  let now = 0;
  let looks = 0;
  const store = createMemoryEphemeralStore({
    now: () => {
      looks += 1;
      return now;
    },
  });
  for (let flow = 0; flow < 20_000; flow += 1) {
    now += 1;
    await store.commit([{ kind: 'set', key: `signin:${flow}`, value: 'x', ttlMs: 1_000 }]);
    // A thousand are alive at a time.
    expect(store.size).toBeLessThan(2_000);
  }
  expect(looks).toBeLessThan(20_000 * 3);
  expect(await store.read(['signin:0', 'signin:19999'])).toEqual([null, 'x']);
});
