import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../src/audit/log-writer.js';
import type { Configuration } from '../../src/config/configuration.js';
import { systemClock } from '../../src/kernel/clock.js';
import { createReplaceableRegistry } from '../../src/relying-parties/replaceable-registry.js';
import { createDrawbridge, type Drawbridge } from '../../src/server/drawbridge.js';
import { freshSharedStores } from './cluster/shared-stores.js';
import { layeredParties } from './layered-parties.js';
import { closeServer, testConfiguration } from './start-server.js';

/** Two Drawbridges on one Redis and one PostgreSQL, which answer in turn: what only one of them knows is missed at once. */
export async function startAlternatingPair(
  configure: (usual: Configuration) => Partial<Configuration>,
): Promise<{ url: string; drawbridge: Drawbridge; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-pair-'));
  const stores = await freshSharedStores();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://localhost:${port}`;
  const usual = { ...testConfiguration(url, port, folder), ...stores.configuration };
  const configuration = { ...usual, ...configure(usual) };
  const start = () =>
    createDrawbridge(configuration, {
      logger: createLogger({ write: () => {}, clock: systemClock, level: 'error' }),
      relyingParties: layeredParties(
        createReplaceableRegistry([], (error) => {
          throw error;
        }),
      ),
    });
  const nodes = [await start(), await start()] as const;
  let turn = 0;
  server.on('request', (request, response) => {
    turn = 1 - turn;
    nodes[turn === 0 ? 0 : 1].app(request, response);
  });
  return {
    url,
    drawbridge: nodes[0],
    close: async () => {
      await closeServer(server);
      for (const node of nodes) await node.close();
      await stores.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
