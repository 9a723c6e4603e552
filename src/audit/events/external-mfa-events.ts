import type { AuditEvent } from '../audit-event.js';
import { circumstances, type Circumstances } from './circumstances.js';
import type { ChangedBy } from './person-events.js';

/**
 * From now on an account of an Entra tenant is this person's.
 * @param facts.how by a whole sign-in of the person, or by the object id in their attributes
 */
export function externalAccountLinked(
  about: Circumstances,
  facts: { tenant: string; objectId: string; how: 'sign-in' | 'attribute' },
): AuditEvent {
  const { tenant, objectId, how } = facts;
  return {
    kind: 'external_account.linked',
    ...circumstances(about),
    data: { tenant, object_id: objectId, how },
  };
}

/** An account of an Entra tenant is not this person's any more. */
export const externalAccountUnlinked = (
  person: string,
  { tenant, objectId }: { tenant: string; objectId: string },
  by: ChangedBy,
): AuditEvent => ({
  ...by,
  kind: 'external_account.unlinked',
  person,
  data: { ...by.data, tenant, object_id: objectId },
});

/**
 * Entra was told that somebody has shown a second factor.
 * @param facts.rule the policy rule that decided
 * @param facts.factors the proofs, the first one Entra's own
 */
export function secondFactorAsserted(
  about: Circumstances,
  facts: {
    issuer: string;
    tenant: string;
    objectId: string;
    rule: string;
    factors: readonly { factor: string; at: number; credential?: string }[];
    acr: string;
    amr: string;
    kid: string;
  },
): AuditEvent {
  const { issuer, tenant, objectId, rule, acr, amr, kid } = facts;
  return {
    kind: 'assertion.issued',
    ...circumstances(about),
    data: {
      protocol: 'external-mfa',
      issuer,
      tenant,
      object_id: objectId,
      rule,
      factors: facts.factors.map(({ factor, at, credential }) => ({
        factor,
        at,
        credential: credential ?? null,
      })),
      acr,
      amr,
      kid,
    },
  };
}
