import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '../../../src/audit/log-writer.js';
import { PublicUrl } from '../../../src/config/public-url.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createReplaceableRegistry } from '../../../src/relying-parties/replaceable-registry.js';
import { createDrawbridge, type Drawbridge } from '../../../src/server/drawbridge.js';
import { layeredParties } from '../layered-parties.js';
import { ManualClock } from '../manual-clock.js';
import { toyChoices } from '../toy/toy-choices.js';
import type { FromNode, ToNode } from './messages.js';

/** One process of a cluster under test: does what it is told over IPC, and ends with the test. */
const tell = (message: FromNode): void => {
  if (process.connected) process.send?.(message);
};
const server = createServer();
server.keepAliveTimeout = 65_000;
const registry = createReplaceableRegistry([], (error) => {
  throw error;
});
let clock = new ManualClock();
let drawbridge: Drawbridge | null = null;

async function start(message: Extract<ToNode, { kind: 'start' }>): Promise<void> {
  const { configuration, now, toys } = message;
  clock = new ManualClock(now ?? 0);
  registry.replace(message.parties);
  const used = now === null ? systemClock : clock;
  const { encryptionKeys } = configuration;
  drawbridge = await createDrawbridge(
    {
      ...configuration,
      publicUrl: new PublicUrl(configuration.publicUrl),
      encryptionKeys: {
        current: Buffer.from(encryptionKeys.current),
        previous: encryptionKeys.previous.map((key) => Buffer.from(key)),
      },
    },
    {
      clock: used,
      logger: createLogger({
        write: (line) => tell({ kind: 'log', line }),
        clock: used,
        level: 'debug',
      }),
      relyingParties: layeredParties(registry),
      ...(toys === null ? {} : toyChoices(used, toys)),
    },
  );
  server.on('request', drawbridge.app);
  server.listen(0, '127.0.0.1', () => {
    tell({ kind: 'listening', port: (server.address() as AddressInfo).port });
  });
}

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await drawbridge?.close();
  process.exit(0);
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToNode) => {
  switch (message.kind) {
    case 'start':
      start(message).catch((error: unknown) => {
        tell({ kind: 'failed', message: String((error as Error).stack) });
      });
      return;
    case 'in-force':
      if (message.now !== null) clock.advance(message.now - clock.now());
      if (message.parties !== null) registry.replace(message.parties);
      tell({ kind: 'done', ack: message.ack });
      return;
    case 'flush':
      tell({ kind: 'done', ack: message.ack });
      return;
    case 'stop':
      void stop();
  }
});
