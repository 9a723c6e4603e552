import type { Request } from 'express';
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
