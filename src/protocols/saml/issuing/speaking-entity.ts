import type { Person } from '../../../directory/person.js';
import { issuerForUpn } from '../../../issuers/issuer-for-upn.js';
import { defaultIssuerId } from '../../../issuers/issuers.js';
import type { SamlEntities, SamlEntity } from '../saml-entity.js';
import type { ServedFlow } from './answers.js';

/**
 * In whose name somebody is asserted. Where domains decide, the default issuer's addresses are for everybody, those of
 * another one for its own people.
 * @returns what is in the way, where something is
 */
export function speakingEntity(
  entities: Pick<SamlEntities, 'byIssuer' | 'ofDomain'>,
  { flow, partner, entity }: ServedFlow,
  { upn }: Pick<Person, 'upn'>,
): SamlEntity | { impossible: string } {
  const { issuer_by_domain: byDomain, domains, signature } = partner.settings;
  const signing = (one: SamlEntity): SamlEntity =>
    signature === 'rsa-sha1' ? { ...one, signingKey: { ...one.signingKey, hash: 'sha1' } } : one;
  if (!byDomain) return signing(entity);
  const only = flow.issuer === defaultIssuerId ? null : flow.issuer;
  const chosen = issuerForUpn(
    upn,
    { domains: domains ?? null, only },
    (domain) => entities.ofDomain(domain)?.issuer ?? null,
  );
  if ('impossible' in chosen) return chosen;
  const speaking = entities.byIssuer(chosen.id);
  return speaking === null ? { impossible: 'no-issuer' } : signing(speaking);
}

/** For a status about somebody who is known: in the name that an assertion of them would have, where there is one. */
export function spokenTo(
  entities: Parameters<typeof speakingEntity>[0],
  served: ServedFlow,
  person: Pick<Person, 'upn'>,
): ServedFlow {
  const entity = speakingEntity(entities, served, person);
  return 'impossible' in entity ? served : { ...served, entity };
}
