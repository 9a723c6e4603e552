import { expect, test } from '@jest/globals';
import { createRevocationWatch } from '../../../src/help-desk/revocation-watch.js';

test('whatever a program takes in a day, operators are told a handful of times', async () => {
  let count = 0;
  const told: number[] = [];
  const watch = createRevocationWatch({
    budgets: { countRevoked: async () => (count += 1) },
    tellOperators: () => void told.push(count),
  });
  for (let phone = 0; phone < 1_000; phone += 1) await watch.revoked({ clientId: 'desk' });
  expect(told).toEqual([10, 20, 40, 80, 160, 320, 640]);
});
