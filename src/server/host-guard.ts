import type { RequestHandler } from 'express';
import type { PublicUrl } from '../config/public-url.js';

/**
 * Refuses requests for another host, so that no part can be made to speak in its name. Health and metrics answer to
 * any: whatever asks for them uses an address of its own.
 */
export function hostGuard(publicUrl: PublicUrl): RequestHandler {
  return (request, response, next) => {
    const open = /^\/(health(\/|$)|metrics$)/.test(request.path);
    if (open || request.headers.host?.toLowerCase() === publicUrl.host) {
      next();
      return;
    }
    response
      .status(400)
      .set({ 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
      .send('This host name is not configured here.\n');
  };
}
