import { Router } from 'express';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';

/**
 * `/health/live`: the process answers. `/health/ready`: it can sign people in, so the database and the short-lived
 * store answer, and it is not shutting down.
 */
export function createHealth(deps: {
  database: SqlDatabase;
  store: EphemeralStore;
  isClosing: () => boolean;
}): Router {
  const router = Router();
  router.get('/health/live', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'live' });
  });
  router.get('/health/ready', async (_request, response) => {
    const checks = {
      database: await answers(() => deps.database.ping()),
      store: await answers(() => deps.store.ping()),
      accepting: !deps.isClosing(),
    };
    const ready = Object.values(checks).every(Boolean);
    if (!ready) response.set('Retry-After', '5');
    response
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: ready ? 'ready' : 'not ready', checks });
  });
  return router;
}

async function answers(ping: () => Promise<void>): Promise<boolean> {
  try {
    await ping();
    return true;
  } catch {
    return false;
  }
}
