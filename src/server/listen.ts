import { createServer, type RequestListener, type Server } from 'node:http';

const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;
/** How long requests in hand may take after the signal to stop. */
const DRAIN_MS = 10_000;

/** An HTTP server with bounds on what a slow client may hold. */
export function listen(
  app: RequestListener,
  at: { host: string; port: number },
): Promise<{ server: Server; close: () => Promise<void> }> {
  const server = createServer({ maxHeaderSize: 48 * 1024 }, app);
  server.headersTimeout = HEADERS_WITHIN_MS;
  server.requestTimeout = REQUEST_WITHIN_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.off('error', reject);
      resolve({ server, close: () => drain(server) });
    });
  });
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeIdleConnections();
    setTimeout(() => {
      server.closeAllConnections();
    }, DRAIN_MS).unref();
  });
}
