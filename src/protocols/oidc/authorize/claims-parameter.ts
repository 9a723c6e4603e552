import { errors } from 'oidc-provider';
import { z } from 'zod';

const request = z.union([
  z.null(),
  z.looseObject({
    essential: z.boolean().optional(),
    value: z.union([z.string().max(512), z.number(), z.boolean()]).optional(),
    values: z
      .array(z.union([z.string().max(512), z.number(), z.boolean()]))
      .max(64)
      .optional(),
  }),
]);
const member = z.record(z.string(), request);
const text = z.union([
  z.null(),
  z.looseObject({
    value: z.string().optional(),
    values: z.array(z.string()).optional(),
  }),
]);
const claimsParameter = z.looseObject({
  userinfo: member.optional(),
  id_token: member.and(z.looseObject({ acr: text.optional(), sub: text.optional() })).optional(),
});

/** Ordinary requests have three levels: where, which claim, what of it. */
const DEEPEST = 8;

/**
 * Is the `claims` parameter of the form that OpenID Connect Core 1.0, 5.5, gives it? The library only looks at its
 * outermost level.
 * @throws InvalidRequest
 */
export function assertClaimsParameter(claims: unknown): void {
  if (!isShallow(claims, DEEPEST) || !claimsParameter.safeParse(claims).success) {
    throw new errors.InvalidRequest('the claims parameter is malformed');
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}
