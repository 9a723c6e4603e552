import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';
import type { LogoutAnswerer } from '../../../logout/after-logout.js';
import type { BrowserVisit } from '../../../logout/browser-visit.js';
import {
  buildLogoutResponse,
  type OutgoingLogoutResponse,
} from '../../../saml-core/build-logout.js';
import type { PartnerDirectory } from '../partner.js';
import type { SamlEntities } from '../saml-entity.js';
import { carried, responseEndpoint } from './logout-endpoint.js';
import type { TrustedRequest } from './logout-message.js';

/** What is needed to answer a request later. */
type Answered = Pick<TrustedRequest, 'issuer' | 'party' | 'id' | 'relayState' | 'binding'>;

export type LogoutStatus = Pick<OutgoingLogoutResponse, 'status' | 'subStatus'>;

/** Answers a logout request; `null` when the service has no address for answers. */
export type AnswerLogout = (
  request: Answered,
  status: LogoutStatus,
) => Promise<BrowserVisit | null>;

export function createLogoutAnswer(deps: {
  clock: Clock;
  entities: SamlEntities;
  partners: PartnerDirectory;
  random: RandomSource;
}): AnswerLogout {
  return async ({ issuer, party, id, relayState, binding }, status) => {
    const entity = deps.entities.byIssuer(issuer);
    const partner = deps.partners.byRelyingParty(party);
    const endpoint = partner && responseEndpoint(partner.metadata, binding);
    if (entity === null || endpoint === null) return null;
    const response = {
      issuer: entity.entityId,
      destination: endpoint.url,
      issueInstant: deps.clock.now(),
      inResponseTo: id,
      ...status,
    };
    const { visit } = await carried(
      endpoint,
      'SAMLResponse',
      relayState,
      entity.signingKey,
      (key) => buildLogoutResponse(response, key, deps.random),
    );
    return visit;
  };
}

/** The request among what comes after a logout. */
export function toAnswerState(request: Answered): Readonly<Record<string, string | null>> {
  const { issuer, party, id, relayState, binding } = request;
  return { issuer, party, id, relayState, binding };
}

/** Success, which is partial when somebody else was not reached (SAML 2.0 core, 3.7.3.2). */
export function createLogoutAnswerer(answer: AnswerLogout): LogoutAnswerer {
  return (state, { everybodyTold }) =>
    answer(
      {
        issuer: state['issuer'] ?? '',
        party: state['party'] ?? '',
        id: state['id'] ?? '',
        relayState: state['relayState'] ?? null,
        binding: state['binding'] === 'post' ? 'post' : 'redirect',
      },
      { status: 'Success', subStatus: everybodyTold ? null : 'PartialLogout' },
    );
}
