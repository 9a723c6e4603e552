import type { Person } from '../../../directory/person.js';
import type { WsFedIssuer, WsFedIssuers } from '../issuers/wsfed-issuers.js';
import type { PassiveFlow } from '../passive/passive-flow.js';
import type { WsFedSettings } from '../wsfed-settings.js';

/**
 * In whose name somebody's token is made. Where domains decide, nobody is asserted by an issuer that does not speak for
 * theirs: whoever could be would be taken for somebody else's people.
 * @returns what is in the way, where something is
 */
export function issuerOfPerson(
  issuers: WsFedIssuers,
  { issuer_by_domain: byDomain }: WsFedSettings,
  flow: Pick<PassiveFlow, 'issuer'>,
  { upn }: Pick<Person, 'upn'>,
): WsFedIssuer | { impossible: string } {
  const domain = upn === null ? null : (/@([^@]+)$/.exec(upn)?.[1] ?? null);
  const speaking = domain === null ? null : issuers.ofDomain(domain);
  if (byDomain && speaking === null) return { impossible: 'no-issuer-for-upn' };
  if (byDomain && flow.issuer !== null && flow.issuer !== speaking) {
    return { impossible: 'upn-of-another-issuer' };
  }
  const id = byDomain ? speaking : flow.issuer;
  const issuer = id === null ? null : issuers.byId(id);
  return issuer ?? { impossible: 'no-issuer' };
}
