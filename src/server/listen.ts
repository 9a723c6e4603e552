import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;
/** How long requests in hand may take after the signal to stop. */
const DRAIN_MS = 10_000;

/** An HTTP server, or with `tls` (PEM) an HTTPS server, with bounds on what a slow client may hold. */
export function listen(
  app: RequestListener,
  at: { host: string; port: number },
  tls?: { key: string; certificate: string },
): Promise<{ server: Server; close: () => Promise<void> }> {
  const limits = { maxHeaderSize: 48 * 1024 };
  const server: Server =
    tls === undefined
      ? createServer(limits, app)
      : createTlsServer({ ...limits, key: tls.key, cert: tls.certificate }, app);
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
