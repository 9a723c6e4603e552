import { expect, test } from '@jest/globals';
import { Overloaded } from '../../../../src/kernel/errors.js';
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

const record = (key: string, length = 4_000) =>
  ({ kind: 'set', key, value: 'x'.repeat(length), ttlMs: 1_000, forAnybody: true }) as const;

const earned = (key: string) => {
  const { forAnybody: _any, ...write } = record(key);
  return write;
};

async function full() {
  let now = 0;
  const store = createMemoryEphemeralStore({ now: () => now }, 1_000_000);
  await store.commit([record('session:1'), record('signin:mine')]);
  let begun = 0;
  for (; begun < 1_000; begun += 1) {
    const refused = await store
      .commit([record(`signin:${begun}`)])
      .catch((error: unknown) => error);
    if (refused === true) continue;
    expect(refused).toBeInstanceOf(Overloaded);
    break;
  }
  return { store, begun, later: (ms: number) => (now += ms) };
}

test('anonymous requests fill no more memory than they may', async () => {
  const { store, begun } = await full();
  expect(begun).toBeGreaterThan(200);
  expect(begun).toBeLessThan(250);
  for (let more = 0; more < 10; more += 1) {
    await expect(store.commit([record(`wsfed:${more}`)])).rejects.toThrow(Overloaded);
  }
  expect(store.size).toBe(begun + 2);
});

test('a full store goes on with what is there, up to the end of a sign-in', async () => {
  const { store } = await full();
  expect(await store.read(['session:1'])).toEqual(['x'.repeat(4_000)]);
  expect(await store.commit([record('session:1', 4_500)])).toBe(true);
  const guard = { key: 'signin:mine', expected: 'x'.repeat(4_000) };
  const born = [record('signin:mine', 4_100), earned('session:2')];
  expect(await store.commit(born, [guard])).toBe(true);
  expect(await store.increment('limit:192.0.2.1', 1_000)).toBe(1);
  expect(await store.take('signin:0')).not.toBeNull();
});

test('what not anybody can have written has an end as well', async () => {
  const { store } = await full();
  const adding = async () => {
    for (let one = 0; one < 1_000; one += 1) {
      await store.commit([record('signin:mine'), earned(`challenge:${one}`)]);
    }
  };
  await expect(adding()).rejects.toThrow(Overloaded);
  expect(store.size).toBeLessThan(320);
  expect(await store.commit([record('session:1')])).toBe(true);
});

test('a store that refused has room again when records have expired, taken or not', async () => {
  const { store, later } = await full();
  later(1_000);
  for (let one = 0; one < 50; one += 1) {
    expect(await store.commit([record(`again:${one}`)])).toBe(true);
  }
  for (let one = 0; one < 50; one += 1) expect(await store.take(`again:${one}`)).not.toBeNull();
  for (let one = 0; one < 200; one += 1) {
    expect(await store.commit([record(`more:${one}`)])).toBe(true);
  }
});
