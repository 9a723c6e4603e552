import { expect, test } from '@jest/globals';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import { readStartOptions } from '../../../src/config/start-options.js';
import { systemRandom } from '../../../src/kernel/random.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();

test.each([
  [[], null],
  [['--https'], 'localhost'],
  [['--https', '--host', '192.168.1.20'], '192.168.1.20'],
  [['--https', '--host=Laptop.local'], 'laptop.local'],
])('%j', (args, httpsHost) => {
  expect(readStartOptions(args)).toEqual({ ok: true, value: { httpsHost } });
});

test.each([
  [['--host', 'laptop.local']],
  [['--https', '--host', 'a b']],
  [['--https', '--host', '::1']],
  [['--https', '--host', 'x/y']],
  [['--http']],
  [['more']],
])('%j is refused with what to write', (args) => {
  expect(readStartOptions(args)).toMatchObject({ ok: false, failure: [{ file: null }] });
});

const load = (env: NodeJS.ProcessEnv, httpsHost: string) =>
  loadConfiguration(env, folder.path, systemRandom, { httpsHost });

test('the demo listens for other machines only under a name or address of theirs', async () => {
  expect(await load({ PORT: '3443' }, 'localhost')).toMatchObject({
    value: { publicUrl: { base: 'https://localhost:3443' }, listen: { host: '127.0.0.1' } },
  });
  expect(await load({}, '192.168.1.20')).toMatchObject({
    value: { publicUrl: { base: 'https://192.168.1.20:3000' }, listen: { host: '0.0.0.0' } },
  });
});

test('a configured server does not take it', async () => {
  const loaded = await load({ DRAWBRIDGE_CONFIG: 'drawbridge.yaml' }, 'localhost');
  expect(loaded).toMatchObject({ ok: false, failure: [{ path: '--https' }] });
});
