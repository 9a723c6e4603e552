import { createHash } from 'node:crypto';
import { Router, type NextFunction, type Response } from 'express';
import { defaultIssuerId } from '../../../issuers/issuers.js';
import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';
import { metadataCacheMs } from '../../../keys/key-purposes.js';
import { buildFederationMetadata } from '../../../saml-core/build-federation-metadata.js';
import type { WsFedIssuer, WsFedIssuers } from './wsfed-issuers.js';

/** How long our metadata may be used without having been fetched again. */
const VALIDITY_MS = 14 * 24 * 60 * 60_000;

/** Short, because what lies in a shared cache comes on top of the time for which others keep metadata. */
const CACHE_SECONDS = 300;

/** The name that the clients of AD FS expect below a host; they write it in capitals or not. */
const NAME = '2007-06/federationmetadata.xml';

/**
 * `/federationmetadata/2007-06/federationmetadata.xml` of the default issuer,
 * `/federationmetadata/{issuer}/2007-06/federationmetadata.xml` of the others. Signed; made anew when keys change or
 * half of its validity is over. Nothing in a request decides what is said.
 */
export function createFederationMetadata(deps: {
  issuers: WsFedIssuers;
  organisation: string;
  clock: Clock;
  random: RandomSource;
}): Router {
  const made = new Map<string, { keys: string; renewAt: number; document: Promise<string> }>();

  const documentOf = (issuer: WsFedIssuer): Promise<string> => {
    const now = deps.clock.now();
    const keys = issuer.signingCertificates.join();
    const known = made.get(issuer.id);
    if (known?.keys === keys && now < known.renewAt) return known.document;
    const { entityId, passiveUrl, activeUrl, signingCertificates } = issuer;
    const document = buildFederationMetadata(
      {
        entityId,
        displayName: deps.organisation,
        passiveUrl,
        activeUrl,
        signingCertificates,
        validUntil: now + VALIDITY_MS,
        cacheDurationSeconds: metadataCacheMs / 1000,
      },
      issuer.signingKey,
      deps.random,
    );
    made.set(issuer.id, { keys, renewAt: now + VALIDITY_MS / 2, document });
    document.catch(() => made.delete(issuer.id));
    return document;
  };

  const serve = async (id: string, response: Response, next: NextFunction) => {
    const issuer = deps.issuers.byId(id);
    if (issuer === null) {
      next();
      return;
    }
    const bytes = Buffer.from(await documentOf(issuer));
    response
      .set({
        'Content-Type': 'application/samlmetadata+xml',
        'Cache-Control': `public, max-age=${CACHE_SECONDS}`,
        ETag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
      })
      .send(bytes);
  };

  const router = Router({ caseSensitive: false });
  router.get(`/federationmetadata/${NAME}`, (_request, response, next) =>
    serve(defaultIssuerId, response, next),
  );
  router.get(`/federationmetadata/:issuer/${NAME}`, (request, response, next) => {
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
