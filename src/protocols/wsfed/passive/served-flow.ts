import type { FailureReason } from '../../../audit/failure-reasons.js';
import type { WsFedIssuers } from '../issuers/wsfed-issuers.js';
import type { WsFedParties, WsFedParty } from '../wsfed-parties.js';
import type { PassiveFlow } from './passive-flow.js';
import { chosenReply } from './receive-sign-in.js';

/** A flow with the relying party as it is now. */
export interface ServedFlow {
  flow: PassiveFlow;
  served: WsFedParty;
}

/** A flow that comes back from wherever it was kept: what was disabled or moved meanwhile gets nothing. */
export function servedFlow(
  deps: { parties: WsFedParties; issuers: WsFedIssuers },
  flow: PassiveFlow,
): { ok: true; at: ServedFlow } | { ok: false; reason: FailureReason; detail: string } {
  const unknown = (detail: string) =>
    ({ ok: false, reason: 'unknown_relying_party', detail }) as const;
  const served = deps.parties.byRelyingParty(flow.party);
  if (served === null) return unknown('gone');
  if (!served.party.enabled) return unknown('disabled');
  const { issuer, issuer_by_domain: byDomain } = served.settings;
  if (!byDomain && flow.issuer !== issuer) return unknown('other-issuer');
  if (flow.issuer !== null && deps.issuers.byId(flow.issuer) === null) return unknown('no-issuer');
  if (chosenReply(served, flow.reply) === null) {
    return { ok: false, reason: 'redirect_not_registered', detail: 'wreply' };
  }
  return { ok: true, at: { flow, served } };
}
