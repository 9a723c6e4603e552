import { createServer, type RequestListener } from 'node:http';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../src/audit/log-writer.js';
import { countPendingJobs } from '../../src/jobs/job-store.js';
import { systemClock } from '../../src/kernel/clock.js';
import type { RelyingParty } from '../../src/relying-parties/relying-party.js';
import { createReplaceableRegistry } from '../../src/relying-parties/replaceable-registry.js';
import { createDrawbridge, type Drawbridge } from '../../src/server/drawbridge.js';
import { until } from './services/until.js';
import { startSocketProxy } from './socket-proxy.js';
import { closeServer, testConfiguration } from './start-server.js';
import { TripCounter } from './trip-counter.js';
import { postgresCommands, redisCommands } from './wire-commands.js';

/** Two Drawbridges behind one address, on one Redis and one PostgreSQL, whose round trips are counted. */
export interface CountedPair {
  url: string;
  first: Drawbridge;
  counter: TripCounter;
  /** Requests each of the two has answered. */
  served: readonly number[];
  /** Waits until what earlier requests have queued is done: jobs of theirs are no polling. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Requests go to the two in turn, so what only one of them remembers is missed at once. */
export async function startCountedPair(
  services: { redis: string; postgres: string },
  relyingParties: RelyingParty[],
): Promise<CountedPair> {
  const counter = new TripCounter();
  const proxies = await Promise.all([
    startSocketProxy({
      name: 'Redis',
      target: targetOf(services.redis),
      decoder: redisCommands,
      onTrip: counter.note,
    }),
    startSocketProxy({
      name: 'SQL',
      target: targetOf(services.postgres),
      decoder: postgresCommands,
      onTrip: counter.note,
    }),
  ]);
  const [redis, postgres] = proxies;
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-pair-'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://localhost:${port}`;
  const configuration = {
    ...testConfiguration(url, port, folder),
    encryptionKeys: { current: randomBytes(32), previous: [] },
    redis: { url: through(services.redis, redis.port) },
    database: { url: through(services.postgres, postgres.port) },
  };
  const start = () =>
    createDrawbridge(configuration, {
      logger: createLogger({ write: () => {}, clock: systemClock, level: 'error' }),
      relyingParties: () =>
        Promise.resolve(
          createReplaceableRegistry(relyingParties, (error) => {
            throw error;
          }),
        ),
    });
  const first = await start();
  const second = await start();
  const apps: RequestListener[] = [first.app, second.app];
  const served = [0, 0];
  let next = 0;
  server.on('request', (request, response) => {
    served[next] = (served[next] ?? 0) + 1;
    apps[next]?.(request, response);
    next = (next + 1) % apps.length;
  });
  return {
    url,
    first,
    counter,
    served,
    settled: () => until(async () => (await countPendingJobs(first.base.database.db)) === 0),
    close: async () => {
      await closeServer(server);
      await first.close();
      await second.close();
      for (const proxy of proxies) await proxy.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function targetOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

function through(url: string, port: number): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = `${port}`;
  return changed.href;
}
