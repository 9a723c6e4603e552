import type { RequestHandler } from 'express';
import type { Metrics } from '../audit/metrics.js';
import { routeNames } from './foundations.js';

/** Counts and times answers by the first segment of the path and the class of the status; nothing a client wrote. */
export function httpMetrics(
  metrics: Pick<Metrics, 'httpRequests' | 'httpRequestSeconds'>,
): RequestHandler {
  return (request, response, next) => {
    const began = process.hrtime.bigint();
    const route = routeOf(request.path);
    response.once('finish', () => {
      metrics.httpRequests.add({ route, status: `${Math.floor(response.statusCode / 100)}xx` });
      const seconds = Number(process.hrtime.bigint() - began) / 1e9;
      metrics.httpRequestSeconds.observe({ route }, seconds);
    });
    next();
  };
}

function routeOf(path: string): string {
  const first = path.split('/')[1] ?? '';
  if (first === '') return 'home';
  const name = first === '.well-known' ? 'well-known' : first;
  return routeNames.has(name) ? name : 'other';
}
