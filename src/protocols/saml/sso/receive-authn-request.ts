import { createHash } from 'node:crypto';
import type { FailureReason } from '../../../audit/failure-reasons.js';
import type { Clock } from '../../../kernel/clock.js';
import type { AuthnRequest } from '../../../saml-core/messages.js';
import type { InboundMessage } from '../../../saml-core/received.js';
import { receiveMessage } from '../../../saml-core/receive-message.js';
import { consumeOnce } from '../../../storage/sql/one-time.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { FlowFailure } from '../issuing/flow-failure.js';
import { failureOf } from '../issuing/flow-failure.js';
import type { PartnerDirectory, SamlPartner } from '../partner.js';
import type { SamlEntity } from '../saml-entity.js';
import { speaksWith } from '../speaks-with.js';
import type { AuthnFlow } from './authn-flow.js';
import { chosenConsumer } from './consumer.js';
import { demandedContext } from './demanded-context.js';
import { chosenNameId } from './name-id-policy.js';
import { CLOCK_SKEW_MS, REQUEST_LIFETIME_MS, requestFault } from './request-window.js';

/** What cannot be trusted: nothing is sent anywhere, and the person is told on a page of ours. */
export interface RefusedRequest {
  outcome: 'refused';
  reason: FailureReason;
  /** Exact, for the audit row. */
  refusal: string;
  detail: string;
  relyingParty: string | null;
  /** The entity the message says it is from. */
  sender: string | null;
}

export type ReceivedRequest =
  | RefusedRequest
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
  const partnerOf = (entityId: string): SamlPartner | null => {
    const partner = deps.partners.byEntityId(entityId);
    return partner?.party.enabled === true && speaksWith(partner.settings, entity.issuer)
      ? partner
      : null;
  };
  const received = await receiveMessage(inbound, {
    expected: ['AuthnRequest'],
    partnerOf(entityId) {
      const partner = partnerOf(entityId);
      return partner === null ? null : coreView(partner, entity);
    },
  });
  if (!received.ok) {
    const { refusal, detail, issuer } = received;
    const reason = refusal === 'unknown-issuer' ? 'unknown_relying_party' : 'request_invalid';
    const known = issuer === null ? null : deps.partners.byEntityId(issuer);
    const relyingParty = known?.party.id ?? null;
    return { outcome: 'refused', reason, refusal, detail, relyingParty, sender: issuer };
  }
  // Only such a message was expected.
  const message = received.message as AuthnRequest;
  const partner = partnerOf(message.issuer);
  const refused = (reason: FailureReason, detail: string): RefusedRequest => ({
    outcome: 'refused',
    reason,
    refusal: 'request',
    detail,
    relyingParty: partner?.party.id ?? null,
    sender: message.issuer,
  });
  if (partner === null) return refused('unknown_relying_party', 'gone-meanwhile');
  const { relayState, signed } = received;
  const now = deps.clock.now();
  const fault = requestFault(message, { destination: entity.singleSignOn, signed, now });
  if (fault !== null) return refused('request_invalid', fault);
  if (relayState?.includes('\0') === true) return refused('request_invalid', 'relay-state');
  const consumer = chosenConsumer(message, partner.metadata);
  if (!consumer.ok) return refused(consumer.refusal, consumer.detail);

  const idHash = createHash('sha256').update(JSON.stringify([message.issuer, message.id]));
  const until = message.issueInstant + REQUEST_LIFETIME_MS + CLOCK_SKEW_MS;
  const { db } = deps.database;
  if (!(await consumeOnce(db, 'saml-request', idHash.digest('base64url'), until))) {
    return refused('request_invalid', 'replayed');
  }
  const { sha1 } = received;
  return flowOf(message, partner, { issuer: entity.issuer, acs: consumer.url, relayState, sha1 });
}

function coreView({ settings, metadata }: SamlPartner, entity: SamlEntity) {
  return {
    entityId: metadata.entityId,
    signingCertificates: metadata.signingCertificates,
    mustSign: settings.require_signed_requests ?? metadata.authnRequestsSigned,
    // Microsoft signs by nothing else.
    allowSha1: settings.profile !== undefined,
    decryptionKeys: entity.decryptionKeys,
  };
}

function flowOf(
  message: AuthnRequest,
  partner: SamlPartner,
  to: Pick<AuthnFlow, 'issuer' | 'acs' | 'relayState' | 'sha1'>,
): ReceivedRequest {
  const { settings, metadata, party } = partner;
  const nameId = chosenNameId(message.nameIdPolicy, metadata.entityId, settings);
  const asked = message.requestedAuthnContext;
  const context = asked === null ? null : demandedContext(asked);
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
