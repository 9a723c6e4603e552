import type { Request } from 'express';

/**
 * Whether a browser goes there, and no page merely loads it as an image or a frame (Fetch Metadata). Browsers that do
 * not say are believed: our cookies are Lax, so such a request of another site comes without them anyway.
 */
export function isPageVisit({ headers }: Pick<Request, 'headers'>): boolean {
  const { 'sec-fetch-dest': destination } = headers;
  return destination === undefined || destination === 'document';
}
