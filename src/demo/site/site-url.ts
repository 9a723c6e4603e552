import type { Request } from 'express';

/** The demo site's own origin: it is reached on this address and no other. */
export function siteUrlOf(request: Request): string {
  return `http://127.0.0.1:${request.socket.localPort ?? 0}`;
}
