import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { oneAtATime } from '../../../src/account/one-at-a-time.js';
import type { PersonId } from '../../../src/directory/person.js';
import type { SessionId } from '../../../src/sessions/session.js';
import { createMemoryEphemeralStore } from '../../../src/storage/ephemeral/memory-ephemeral-store.js';
import { ManualClock } from '../../support/manual-clock.js';

function setting() {
  const clock = new ManualClock();
  const deps = { clock, store: createMemoryEphemeralStore(clock) };
  const session = (id: string, person = 'per_a') => ({
    id: `ses_${id}` as SessionId,
    person: person as PersonId,
  });
  return { clock, deps, session };
}

test('of many at once one works, whichever session asks, and the next may when it is done', async () => {
  const { deps, session } = setting();
  let working = 0;
  const work = async () => {
    working += 1;
    await setImmediate();
    return working;
  };
  const all = Array.from({ length: 50 }, (_, index) => oneAtATime(deps, session(`${index}`), work));
  const results = await Promise.all(all);
  expect(results.filter((result) => result !== null)).toEqual([1]);
  expect(await oneAtATime(deps, session('x'), work)).toBe(2);
});

test('people do not wait for each other', async () => {
  const { deps, session } = setting();
  const inner = () => oneAtATime(deps, session('b', 'per_b'), async () => 'done');
  expect(await oneAtATime(deps, session('a'), inner)).toBe('done');
});

test('a failure ends the turn', async () => {
  const { deps, session } = setting();
  const failing = oneAtATime(deps, session('a'), () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await oneAtATime(deps, session('a'), async () => 'done')).toBe('done');
});

test('whoever overran their turn does not end the next one', async () => {
  const { clock, deps, session } = setting();
  let finish = () => {};
  const slow = oneAtATime(deps, session('a'), () => new Promise<void>((done) => (finish = done)));
  await setImmediate();
  clock.advance(60_001);
  const during = await oneAtATime(deps, session('a'), async () => {
    finish();
    await slow;
    return oneAtATime(deps, session('a'), async () => 'too early');
  });
  expect(during).toBeNull();
});
