import { expect, test } from '@jest/globals';
import { createPollLoop } from '../../../src/jobs/poll-loop.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (reached: () => boolean) => {
  while (!reached()) await pause(2);
};

test('it looks again at once while more waits, then idles until it is woken', async () => {
  let looks = 0;
  const loop = createPollLoop({
    look: async () => (looks += 1) < 3,
    idleMs: () => 3_600_000,
    failed: () => {},
  });
  loop.start();
  await until(() => looks === 3);
  await pause(20);
  expect(looks).toBe(3);
  loop.wake();
  await until(() => looks === 4);
  await loop.stop();
});

test('being woken while it looks is not lost', async () => {
  let looks = 0;
  const loop = createPollLoop({
    look: async () => {
      looks += 1;
      await pause(20);
      return false;
    },
    idleMs: () => 3_600_000,
    failed: () => {},
  });
  loop.start();
  await until(() => looks === 1);
  loop.wake();
  loop.wake();
  await until(() => looks === 2);
  await pause(50);
  expect(looks).toBe(2);
  await loop.stop();
});

test('a look that fails is told and does not end the loop', async () => {
  const failures: unknown[] = [];
  let looks = 0;
  const loop = createPollLoop({
    look: async () => {
      looks += 1;
      if (looks < 4) throw new Error(`failure ${looks}`);
      return false;
    },
    idleMs: () => 1,
    failed: (error) => failures.push(error),
  });
  loop.start();
  await until(() => looks >= 5);
  await loop.stop();
  expect(failures).toHaveLength(3);
});

test('stopping waits for the look that runs, and nothing follows', async () => {
  let finished = 0;
  const loop = createPollLoop({
    look: async () => {
      await pause(30);
      finished += 1;
      return true;
    },
    idleMs: () => 1,
    failed: () => {},
  });
  loop.start();
  await pause(10);
  await loop.stop();
  expect(finished).toBe(1);
  loop.wake();
  await pause(50);
  expect(finished).toBe(1);
});
