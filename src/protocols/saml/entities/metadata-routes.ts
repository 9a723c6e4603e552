import { createHash } from 'node:crypto';
import { Router, type NextFunction, type Response } from 'express';
import { defaultIssuerId } from '../../../issuers/issuers.js';
import type { SamlEntities } from '../saml-entity.js';

/** Short, because what lies in a shared cache comes on top of the time for which partners keep metadata. */
const cacheSeconds = 300;

/**
 * `/saml/metadata` of the default issuer and `/saml/{issuer}/metadata` of the others, to be mounted at the root. An
 * issuer that is not there is left to whoever comes next. Nothing in a request decides what is said.
 */
export function createMetadataRoutes(deps: { entities: Pick<SamlEntities, 'metadata'> }): Router {
  const serve = async (issuer: string, response: Response, next: NextFunction) => {
    const document = await deps.entities.metadata(issuer);
    if (document === null) {
      next();
      return;
    }
    const bytes = Buffer.from(document);
    response
      .set({
        'Content-Type': 'application/samlmetadata+xml',
        'Cache-Control': `public, max-age=${cacheSeconds}`,
        ETag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
      })
      .send(bytes);
  };

  const router = Router({ caseSensitive: true });
  router.get('/saml/metadata', (_request, response, next) =>
    serve(defaultIssuerId, response, next),
  );
  router.get('/saml/:issuer/metadata', (request, response, next) => {
    const { issuer } = request.params;
    // Each document has one address.
    if (issuer === defaultIssuerId) {
      next();
      return;
    }
    return serve(issuer, response, next);
  });
  return router;
}
