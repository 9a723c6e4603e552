import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { startDemo } from '../../../src/demo/start-demo.js';
import { testConfiguration } from '../../support/start-server.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const configuration = testConfiguration('http://localhost:3000', 3000, folder.path);

test.each([
  ['beside a configuration', { mode: 'configured', production: false }],
  ['in production', { mode: 'demo', production: true }],
] as const)('no demo %s, and nothing is made for one', async (_, how) => {
  await expect(startDemo({ ...configuration, ...how })).rejects.toMatchObject({
    code: 'demo_refused',
  });
  expect(readdirSync(folder.path)).toEqual([]);
});
