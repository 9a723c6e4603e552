import { postgresBinary, startPostgresCluster } from './postgres-cluster.js';
import { redisBinary, startRedisServer } from './redis-server.js';

export interface SharedServices {
  /** One line per service that is not there, saying what stays untested. */
  readonly missing: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts what all test files of a run share, and tells them by environment variable where it is. A variable
 * that is set already names a service of the caller's, which is then used and left alone.
 */
export async function startSharedServices(): Promise<SharedServices> {
  const stops: (() => Promise<void>)[] = [];
  const missing: string[] = [];
  const provide = async (service: Service) => {
    if (process.env[service.variable] !== undefined) return;
    if (!service.installed) {
      missing.push(`${service.name} is not installed: ${service.untested} stay untested`);
      return;
    }
    const started = await service.start();
    process.env[service.variable] = started.url;
    stops.push(started.remove);
  };
  await Promise.all(services.map(provide));
  return {
    missing,
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

interface Service {
  name: string;
  variable: string;
  installed: boolean;
  untested: string;
  start(): Promise<{ url: string; remove(): Promise<void> }>;
}

const services: readonly Service[] = [
  {
    name: 'Redis',
    variable: 'DRAWBRIDGE_TEST_REDIS_URL',
    installed: redisBinary !== undefined,
    untested: 'the Redis store, Sentinel failover and everything with several nodes',
    start: () => startRedisServer(),
  },
  {
    name: 'PostgreSQL',
    variable: 'DRAWBRIDGE_TEST_POSTGRES_URL',
    installed: postgresBinary !== undefined,
    untested: 'the PostgreSQL database and everything with several nodes',
    start: () => startPostgresCluster(),
  },
];
