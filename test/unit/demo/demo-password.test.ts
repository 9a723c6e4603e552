import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { demoPeople } from '../../../src/demo/demo-people.js';
import { keepPassword, keptPassword, readablePassword } from '../../../src/demo/demo-password.js';
import { words } from '../../../src/demo/words.js';
import { loadBlocklist } from '../../../src/directory/passwords/blocklist.js';
import { createPasswordPolicy } from '../../../src/directory/passwords/password-policy.js';
import { systemRandom } from '../../../src/kernel/random.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();

test('every password that may be made is one the policy allows', async () => {
  const policy = createPasswordPolicy({
    minimumLength: 8,
    blocklist: await loadBlocklist(null),
    contextWords: ['Drawbridge demo'],
  });
  for (let made = 0; made < 500; made += 1) {
    const password = readablePassword(systemRandom);
    for (const person of demoPeople) expect(policy.problem(password, person)).toBeNull();
  }
});

test('passwords differ, and are made of words that are written in one way', () => {
  const made = new Set(Array.from({ length: 1000 }, () => readablePassword(systemRandom)));
  expect(made.size).toBe(1000);
  expect(new Set(words).size).toBe(words.length);
  expect(words.every((word) => /^[a-z]{4,9}$/.test(word))).toBe(true);
});

test('kept once, found again; an empty file counts as none', async () => {
  expect(await keptPassword(folder.path)).toBeNull();
  await keepPassword(folder.path, 'otter-maple-quilt-fern-42', systemRandom);
  expect(await keptPassword(folder.path)).toBe('otter-maple-quilt-fern-42');
  writeFileSync(join(folder.path, 'demo-password.txt'), '\n');
  expect(await keptPassword(folder.path)).toBeNull();
});
