import { addPerson } from '../people.js';
import { OidcClient } from '../oidc-client.js';
import { startPostgresCluster, type TestPostgres } from '../services/postgres-cluster.js';
import { startRedisServer, type TestRedis } from '../services/redis-server.js';
import { until } from '../services/until.js';
import { oidcParty, startTestServer, type TestServer } from '../start-server.js';
import type { ClusterNode } from './cluster-node.js';

export interface Somebody {
  username: string;
  /** A code that is right now; `later` half-minutes ahead, for those who have used the present one. */
  code: (later?: number) => string;
}

/** Two processes on a Redis and a PostgreSQL of their own, all four for the test to stop, kill and start. */
export interface FragileCluster {
  server: TestServer;
  redis: TestRedis;
  postgres: TestPostgres;
  payroll: OidcClient;
  /** A person with a password and an authenticator app, added while everything works. */
  somebody(): Promise<Somebody>;
  /** What every process answers under `/health/`: whether it lives, and whether it is ready. */
  health(): Promise<{ live: boolean[]; ready: boolean[] }>;
  /** Resolves when every process says that it is ready, or that it is not. */
  untilReady(ready: boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startFragileCluster(
  options: { appendOnly?: boolean } = {},
): Promise<FragileCluster> {
  const [redis, postgres] = await Promise.all([startRedisServer(options), startPostgresCluster()]);
  const server = await startTestServer({
    processes: 2,
    stores: { redis: { url: redis.url }, database: { url: postgres.url } },
    relyingParties: [oidcParty('payroll', {})],
  });
  const nodes = () => server.nodes?.nodes ?? [];
  const health = async () => ({
    live: await Promise.all(nodes().map((node) => isFine(node, 'live'))),
    ready: await Promise.all(nodes().map((node) => isFine(node, 'ready'))),
  });
  let people = 0;
  return {
    server,
    redis,
    postgres,
    payroll: await OidcClient.discover(server.url, 'payroll'),
    somebody: async () => {
      people += 1;
      const username = `person${people}`;
      const { code } = await addPerson(server.drawbridge, username);
      return { username, code: (later = 0) => code(Date.now() + later * 30_000) };
    },
    health,
    untilReady: (ready) =>
      until(async () => (await health()).ready.every((answer) => answer === ready)),
    close: async () => {
      await server.close();
      await Promise.all([redis.remove(), postgres.remove()]);
    },
  };
}

async function isFine(node: ClusterNode, what: 'live' | 'ready'): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${node.port}/health/${what}`);
  if (answer.status !== 200 && answer.status !== 503) throw new Error(`${what}: ${answer.status}`);
  return answer.ok;
}
