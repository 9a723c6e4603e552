import type { Clock } from '../../../kernel/clock.js';
import type { AuthnRequest } from '../../../saml-core/messages.js';
import type { InboundMessage } from '../../../saml-core/received.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { FlowFailure } from '../issuing/flow-failure.js';
import { failureOf } from '../issuing/flow-failure.js';
import type { PartnerDirectory, SamlPartner } from '../partner.js';
import { isFirstUse, receiveFromPartner, type RefusedMessage } from '../receive-from-partner.js';
import type { SamlEntity } from '../saml-entity.js';
import type { AuthnFlow } from './authn-flow.js';
import { chosenConsumer } from './consumer.js';
import { demandedContext } from './demanded-context.js';
import { chosenNameId } from './name-id-policy.js';
import { nameOfSomebody } from './name-of-somebody.js';

export type ReceivedRequest =
  | RefusedMessage
  | { outcome: 'accepted'; flow: AuthnFlow; partner: SamlPartner }
  /** Trusted, but it asks for what cannot be given. */
  | { outcome: 'unservable'; flow: AuthnFlow; partner: SamlPartner; failure: FlowFailure };

/**
 * From a message to a flow. What is refused here is refused before the ID is used up, so that forgeries fill no table;
 * from then on the message is good for nothing any more, whatever becomes of it.
 */
export async function receiveAuthnRequest(
  deps: { partners: PartnerDirectory; database: SqlDatabase; clock: Clock },
  entity: SamlEntity,
  inbound: InboundMessage,
): Promise<ReceivedRequest> {
  const received = await receiveFromPartner(deps, inbound, {
    entity,
    types: ['AuthnRequest'],
    destination: entity.singleSignOn,
    mustSign: ({ settings, metadata }) =>
      settings.require_signed_requests ?? metadata.authnRequestsSigned,
  });
  if (received.outcome === 'refused') return received;
  const { message, partner, relayState, sha1, refused } = received;
  const consumer = chosenConsumer(message, partner.metadata);
  if (!consumer.ok) return refused(consumer.refusal, consumer.detail);

  if (!(await isFirstUse(deps.database.db, 'saml-request', message))) {
    return refused('request_invalid', 'replayed');
  }
  return flowOf(message, partner, { issuer: entity.issuer, acs: consumer.url, relayState, sha1 });
}

function flowOf(
  message: AuthnRequest,
  partner: SamlPartner,
  to: Pick<AuthnFlow, 'issuer' | 'acs' | 'relayState' | 'sha1'>,
): ReceivedRequest {
  const { settings, metadata, party } = partner;
  const nameId = chosenNameId(message.nameIdPolicy, metadata.entityId, settings);
  const asked = message.requestedAuthnContext;
  const isMicrosoft = settings.profile !== undefined;
  const context = asked === null ? null : demandedContext(asked, { isMicrosoft });
  const hint = nameOfSomebody(message.subject, settings);
  const flow: AuthnFlow = {
    v: 1,
    ...to,
    party: party.id,
    inResponseTo: message.id,
    force: message.forceAuthn,
    passive: message.isPassive,
    nameId: nameId.ok ? nameId.kind : null,
    context,
    subject: message.subject,
    ...(hint === null ? {} : { loginHint: hint }),
  };
  if (!nameId.ok) {
    const status = { status: 'Requester', subStatus: 'InvalidNameIDPolicy' } as const;
    const failure = { reason: 'request_invalid', detail: nameId.detail, ...status } as const;
    return { outcome: 'unservable', flow, partner, failure };
  }
  if (asked !== null && context === null) {
    const failure = failureOf('strength_unreachable', 'authn-context');
    return { outcome: 'unservable', flow, partner, failure };
  }
  return { outcome: 'accepted', flow, partner };
}
