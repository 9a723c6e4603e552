import { Router, type Request } from 'express';
import type { Metrics } from '../audit/metrics.js';
import type { MetricsConfiguration } from '../config/configuration.js';
import { addressIn } from '../web/client-address.js';

/** `/metrics` in the Prometheus text format, for the addresses the configuration names. */
export function createMetricsEndpoint(
  metrics: Metrics,
  configuration: MetricsConfiguration,
  clientAddress: (request: Request) => string,
): Router {
  const router = Router();
  if (!configuration.enabled) return router;
  router.get('/metrics', async (request, response) => {
    const { allowFrom } = configuration;
    if (allowFrom.length > 0 && !addressIn(clientAddress(request), allowFrom)) {
      response.status(403).end();
      return;
    }
    response
      .set({
        'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
        'Cache-Control': 'no-store',
      })
      .send(await metrics.render());
  });
  return router;
}
