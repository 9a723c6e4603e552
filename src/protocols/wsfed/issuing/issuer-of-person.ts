import type { Person } from '../../../directory/person.js';
import { issuerForUpn } from '../../../issuers/issuer-for-upn.js';
import type { WsFedIssuer, WsFedIssuers } from '../issuers/wsfed-issuers.js';
import type { PassiveFlow } from '../passive/passive-flow.js';
import type { WsFedSettings } from '../wsfed-settings.js';

/**
 * In whose name somebody's token is made.
 * @returns what is in the way, where something is
 */
export function issuerOfPerson(
  issuers: WsFedIssuers,
  { issuer_by_domain: byDomain, domains }: WsFedSettings,
  flow: Pick<PassiveFlow, 'issuer'>,
  { upn }: Pick<Person, 'upn'>,
): WsFedIssuer | { impossible: string } {
  const chosen = byDomain
    ? issuerForUpn(upn, { domains: domains ?? null, only: flow.issuer }, issuers.ofDomain)
    : { id: flow.issuer };
  if ('impossible' in chosen) return chosen;
  const issuer = chosen.id === null ? null : issuers.byId(chosen.id);
  return issuer ?? { impossible: 'no-issuer' };
}
