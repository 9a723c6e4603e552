import type { Configuration } from '../../../src/config/configuration.js';
import { freshPostgresDatabase, freshRedis } from '../services/fresh-stores.js';

/** A database and a part of Redis that nobody else uses, for as many processes as want them. */
export async function freshSharedStores(): Promise<{
  configuration: Pick<Configuration, 'redis' | 'database'>;
  remove(): Promise<void>;
}> {
  const sql = await freshPostgresDatabase();
  const redis = freshRedis();
  return { configuration: { redis, database: sql.options }, remove: () => sql.remove() };
}
