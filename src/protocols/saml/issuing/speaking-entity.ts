import type { Person } from '../../../directory/person.js';
import { servesPeopleOf } from '../speaks-with.js';
import type { SamlEntities, SamlEntity } from '../saml-entity.js';
import type { ServedFlow } from './answers.js';

/**
 * In whose name somebody is asserted. Where domains decide, nobody is by an issuer that does not speak for theirs: the
 * service would take them for somebody else's people.
 * @returns what is in the way, where something is
 */
export function speakingEntity(
  entities: Pick<SamlEntities, 'ofDomain'>,
  { flow, partner, entity }: ServedFlow,
  { upn }: Pick<Person, 'upn'>,
): SamlEntity | { impossible: string } {
  const { settings } = partner;
  const signing = (one: SamlEntity): SamlEntity =>
    settings.signature === 'rsa-sha1'
      ? { ...one, signingKey: { ...one.signingKey, hash: 'sha1' } }
      : one;
  if (!settings.issuer_by_domain) return signing(entity);
  const domain = upn === null ? null : (/^[^@]+@([^@]+)$/.exec(upn)?.[1]?.toLowerCase() ?? null);
  if (domain === null) return { impossible: 'no-upn' };
  if (settings.domains?.includes(domain) === false) return { impossible: 'upn-not-federated' };
  const speaking = entities.ofDomain(domain);
  if (speaking === null) return { impossible: 'no-issuer-for-upn' };
  if (!servesPeopleOf(flow.issuer, speaking.issuer)) return { impossible: 'upn-of-another-issuer' };
  return signing(speaking);
}
