import type { Request, RequestHandler } from 'express';
import type { SamlEntities, SamlEntity } from './saml-entity.js';

/** A message of 256 KiB, in base64 with line breaks and percent-encoded, beside the longest RelayState. */
export const FORM_LIMIT = 640 * 1024;

/** The issuer a request came to. `default` has its addresses without its name, and only those. */
export function entityOf(
  { entities }: { entities: Pick<SamlEntities, 'byIssuer'> },
  { params }: Pick<Request, 'params'>,
): SamlEntity | null {
  const { issuer } = params;
  if (issuer === 'default' || Array.isArray(issuer)) return null;
  return entities.byIssuer(issuer ?? 'default');
}

/** Exactly as it stood in the request line: a signature covers these bytes. */
export function rawQuery({ originalUrl }: Pick<Request, 'originalUrl'>): string {
  const mark = originalUrl.indexOf('?');
  return mark === -1 ? '' : originalUrl.slice(mark + 1);
}

/** 405 with `Allow` (RFC 9110, 15.5.6). HEAD too: it would use a message up and bring nothing back. */
export function only(...methods: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (methods.includes(request.method)) {
      next();
      return;
    }
    response
      .status(405)
      .set({ Allow: methods.join(', '), 'Cache-Control': 'no-store' })
      .end();
  };
}
