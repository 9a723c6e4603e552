import type { Request, RequestHandler } from 'express';
import type { PublicUrl } from '../config/public-url.js';

/**
 * Refuses requests for another host, so that no part can be made to speak in its name. Health and metrics answer to
 * any: whatever asks for them uses an address of its own.
 */
export function hostGuard(publicUrl: PublicUrl): RequestHandler {
  return (request, response, next) => {
    const open = /^\/(health(\/|$)|metrics$)/.test(request.path);
    const isOurs = request.headers.host?.toLowerCase() === publicUrl.host;
    if (open || (isOurs && reduceToPath(request, publicUrl))) {
      next();
      return;
    }
    response
      .status(400)
      .set({ 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
      .send('This host name is not configured here.\n');
  };
}

/**
 * A request line may hold a whole address, which then counts instead of the Host header (RFC 9112, 3.2.2). Whoever
 * builds addresses from it later must not see another host; `false` when there is one, or no address at all.
 */
function reduceToPath(request: Request, publicUrl: PublicUrl): boolean {
  if (request.url.startsWith('/')) return true;
  if (!URL.canParse(request.url)) return false;
  const { host, pathname, search } = new URL(request.url);
  request.url = pathname + search;
  request.originalUrl = request.url;
  return host === publicUrl.host;
}
