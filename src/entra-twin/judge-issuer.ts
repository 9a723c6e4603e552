import {
  domainsOfIssuer,
  type FederationFacts,
  type FederationQuestion,
} from './federation-facts.js';
import type { FederatedDomain } from './tenant.js';
import type { Verdicts } from './verdict.js';

/**
 * That an assertion comes from the issuer of a federated domain.
 * @param around the issuer of the answer around it; `null` where that names none
 * @returns the domain it is judged by, and all of that issuer
 */
export function judgeIssuer(
  { issuer, around }: { issuer: string | null; around: string | null },
  question: FederationQuestion,
  facts: FederationFacts,
  verdicts: Verdicts,
): { domain: FederatedDomain | null; domains: FederatedDomain[] } {
  const { domain, domains } = domainsOfIssuer(issuer, question, facts);
  verdicts.expect(
    'Issuer is the issuerUri of the domain',
    issuer !== null && domain?.issuerUri === issuer && (around === null || around === issuer),
    'AADSTS50107',
    `${issuer ?? 'none'} was sent${domain === null ? ', which no federated domain has' : ` and ${domain.name} has ${domain.issuerUri}`}`,
  );
  return { domain, domains };
}
