import type { AuditEvent } from '../audit-event.js';
import { circumstances, type Circumstances } from './circumstances.js';

/**
 * A service provider was told who somebody is.
 * @param facts.session public id of the sign-on session
 * @param facts.solicited whether the service had asked
 * @param facts.requestSha1 the request was signed with SHA-1, which is accepted of Microsoft alone
 * @param facts.rule the policy rule that decided
 * @param facts.factors the proofs that the context class rests on
 */
export function assertionIssued(
  about: Circumstances,
  facts: {
    session: string;
    issuer: string;
    solicited: boolean;
    requestSha1?: boolean;
    rule: string;
    factors: readonly { factor: string; at: number }[];
    contextClass: string;
    nameIdFormat: string;
    attributes: readonly string[];
    encrypted: boolean;
  },
): AuditEvent {
  const { session, issuer, solicited, rule, attributes, encrypted } = facts;
  return {
    kind: 'assertion.issued',
    ...circumstances(about),
    data: {
      session,
      issuer,
      solicited,
      rule,
      factors: facts.factors.map(({ factor, at }) => ({ factor, at })),
      context_class: facts.contextClass,
      name_id_format: facts.nameIdFormat,
      attributes,
      encrypted,
      ...(facts.requestSha1 === true ? { request_sha1: true } : {}),
    },
  };
}
