import type { FailureReason } from '../../../audit/failure-reasons.js';
import type { ServedFlow } from '../issuing/answers.js';
import type { PartnerDirectory } from '../partner.js';
import type { SamlEntities } from '../saml-entity.js';
import { speaksWith } from '../speaks-with.js';
import type { AuthnFlow } from './authn-flow.js';
import { isConsumer } from './consumer.js';

/**
 * A flow that comes back from wherever it was kept, with service and issuer as they are by now: what was disabled or
 * moved meanwhile gets nothing, not even a status.
 */
export function servedFlow(
  deps: { partners: PartnerDirectory; entities: SamlEntities },
  flow: AuthnFlow,
): { ok: true; served: ServedFlow } | { ok: false; reason: FailureReason; detail: string } {
  const partner = deps.partners.byRelyingParty(flow.party);
  const entity = deps.entities.byIssuer(flow.issuer);
  const unknown = (detail: string) =>
    ({ ok: false, reason: 'unknown_relying_party', detail }) as const;
  if (partner === null || entity === null) return unknown('gone');
  if (!partner.party.enabled) return unknown('disabled');
  if (!speaksWith(partner.settings, flow.issuer)) return unknown('other-issuer');
  if (!isConsumer(flow.acs, partner.metadata)) {
    return { ok: false, reason: 'redirect_not_registered', detail: 'consumer-url' };
  }
  return { ok: true, served: { flow, partner, entity } };
}
