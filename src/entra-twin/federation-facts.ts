import type { PersonFacts } from './judge-person.js';
import { nothingAsked, type AskedStrength } from './judge-strength.js';
import type { SignatureJudge } from './signature-judge.js';
import type { FederatedDomain, TenantUser, TenantUsers } from './tenant.js';

/** What Entra knows when an answer of a federated domain arrives. */
export interface FederationFacts {
  now: number;
  /** The federated domains of the tenant. */
  domains: readonly FederatedDomain[];
  users: TenantUsers | null;
  signatures: SignatureJudge;
}

/** What Entra had asked. */
export interface FederationQuestion extends AskedStrength {
  /** ID of the AuthnRequest; `null` by WS-Federation. */
  requestId: string | null;
  /** RelayState or wctx, byte for byte; `null`: none was sent. */
  context: string | null;
  /** Domain that the person typed; `null` when that is not known. */
  domain: FederatedDomain | null;
  user: TenantUser | null;
}

/** The question behind an answer that was pasted somewhere: nothing is known of it. */
export const unknownQuestion: FederationQuestion = {
  ...nothingAsked,
  requestId: null,
  context: null,
  domain: null,
  user: null,
};

/** The domains of an issuer, and the one that an answer of it is judged by. */
export function domainsOfIssuer(
  issuer: string | null,
  question: FederationQuestion,
  facts: FederationFacts,
): { domain: FederatedDomain | null; domains: FederatedDomain[] } {
  const domains = facts.domains.filter(({ issuerUri }) => issuerUri === issuer);
  return { domain: question.domain ?? domains[0] ?? null, domains };
}

export const personFacts = (
  question: FederationQuestion,
  facts: FederationFacts,
  domains: readonly FederatedDomain[],
): PersonFacts => ({ users: facts.users, expected: question.user, domains });
