import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';
import type { BrowserVisitor } from '../../../logout/browser-visit.js';
import { buildLogoutRequest } from '../../../saml-core/build-logout.js';
import type { Participant } from '../../../sessions/session.js';
import type { PartnerDirectory } from '../partner.js';
import type { SamlEntities } from '../saml-entity.js';
import { participationOf } from '../saml-participation.js';
import { speaksWith } from '../speaks-with.js';
import { carried, requestEndpoint } from './logout-endpoint.js';
import { isSameName } from './match-participation.js';

const VALID_FOR_MS = 5 * 60_000;

/** Tells a service by a signed LogoutRequest through the browser (SAML 2.0 profiles, 4.4). */
export function createLogoutVisitor(deps: {
  clock: Clock;
  entities: SamlEntities;
  partners: PartnerDirectory;
  random: RandomSource;
}): BrowserVisitor {
  const partsOf = (participant: Participant) => {
    const { issuer } = participationOf(participant);
    const entity = deps.entities.byIssuer(issuer);
    const partner = deps.partners.byRelyingParty(participant.relyingParty);
    // The answer of one that is switched off, or has changed to another issuer, would not be taken.
    if (
      entity === null ||
      partner?.party.enabled !== true ||
      !speaksWith(partner.settings, issuer)
    ) {
      return null;
    }
    const endpoint = requestEndpoint(partner.metadata);
    return endpoint && { entity, endpoint, partner };
  };
  return {
    addressOf: (participant) => partsOf(participant)?.endpoint.url ?? null,
    areOne(one, other) {
      const parts = partsOf(one);
      if (parts === null || one.relyingParty !== other.relyingParty) return false;
      const [first, second] = [participationOf(one), participationOf(other)];
      const names = { ours: parts.entity.entityId, theirs: parts.partner.metadata.entityId };
      return first.issuer === second.issuer && isSameName(first.nameId, second.nameId, names);
    },
    // How Entra answers was never seen.
    comesLast: ({ relyingParty }) =>
      deps.partners.byRelyingParty(relyingParty)?.settings.profile !== undefined,
    async visit(participants, _person, tour) {
      const parts = partsOf(participants[0]);
      if (parts === null) return null;
      const { entity, endpoint } = parts;
      const indexes = participants.map((one) => participationOf(one).sessionIndex);
      const now = deps.clock.now();
      const request = {
        issuer: entity.entityId,
        destination: endpoint.url,
        issueInstant: now,
        notOnOrAfter: now + VALID_FOR_MS,
        nameId: participationOf(participants[0]).nameId,
        sessionIndexes: [...new Set(indexes)].filter((index) => index !== ''),
      };
      const { visit, message } = await carried(
        endpoint,
        'SAMLRequest',
        tour.handle,
        entity.signingKey,
        (key) => buildLogoutRequest(request, key, deps.random),
      );
      return { visit, messageId: message.id };
    },
  };
}
