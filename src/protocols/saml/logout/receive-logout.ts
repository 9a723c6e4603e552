import { createHash } from 'node:crypto';
import type { FailureReason } from '../../../audit/failure-reasons.js';
import type { Clock } from '../../../kernel/clock.js';
import type { LogoutRequest, LogoutResponse } from '../../../saml-core/messages.js';
import type { InboundMessage, Partner } from '../../../saml-core/received.js';
import { receiveMessage } from '../../../saml-core/receive-message.js';
import { consumeOnce } from '../../../storage/sql/one-time.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { PartnerDirectory, SamlPartner } from '../partner.js';
import type { SamlEntity } from '../saml-entity.js';
import { speaksWith } from '../speaks-with.js';
import { CLOCK_SKEW_MS, REQUEST_LIFETIME_MS, requestFault } from '../sso/request-window.js';
import type { TrustedMessage, TrustedRequest } from './logout-message.js';

export interface RefusedMessage {
  outcome: 'refused';
  reason: FailureReason;
  /** Exact, for the audit row. */
  refusal: string;
  detail: string;
  relyingParty: string | null;
  sender: string | null;
}

export type ReceivedLogout =
  | RefusedMessage
  | { outcome: 'trusted'; message: TrustedMessage; partner: SamlPartner }
  /** Trusted, but over: it is answered, and ends nothing. */
  | { outcome: 'denied'; message: TrustedRequest; partner: SamlPartner; detail: string };

/**
 * From a logout message to what may be believed of it (SAML 2.0 core, 3.7; bindings, 3.4.5 and 3.5.5): signed with a key
 * of a service of this issuer, meant for this address and for now, and, if it is a request, come for the first time.
 */
export async function receiveLogout(
  deps: { partners: PartnerDirectory; database: SqlDatabase; clock: Clock },
  entity: SamlEntity,
  inbound: InboundMessage,
): Promise<ReceivedLogout> {
  const partnerOf = (entityId: string): SamlPartner | null => {
    const partner = deps.partners.byEntityId(entityId);
    return partner?.party.enabled === true && speaksWith(partner.settings, entity.issuer)
      ? partner
      : null;
  };
  const received = await receiveMessage(inbound, {
    expected: ['LogoutRequest', 'LogoutResponse'],
    partnerOf: (entityId) => coreView(partnerOf(entityId), entity),
  });
  if (!received.ok) {
    const { refusal, detail, issuer } = received;
    const reason = refusal === 'unknown-issuer' ? 'unknown_relying_party' : 'request_invalid';
    const known = issuer === null ? null : deps.partners.byEntityId(issuer);
    const relyingParty = known?.party.id ?? null;
    return { outcome: 'refused', reason, refusal, detail, relyingParty, sender: issuer };
  }
  // Only such messages were expected.
  const message = received.message as LogoutRequest | LogoutResponse;
  const partner = partnerOf(message.issuer);
  const refused = (reason: FailureReason, detail: string): RefusedMessage => ({
    outcome: 'refused',
    reason,
    refusal: 'request',
    detail,
    relyingParty: partner?.party.id ?? null,
    sender: message.issuer,
  });
  if (partner === null) return refused('unknown_relying_party', 'gone-meanwhile');
  const now = deps.clock.now();
  const fault = requestFault(message, { destination: entity.singleLogout, signed: true, now });
  if (fault !== null) return refused('request_invalid', fault);
  const { relayState } = received;
  if (relayState?.includes('\0') === true) return refused('request_invalid', 'relay-state');
  if (message.type === 'LogoutResponse') {
    if (message.inResponseTo === null) return refused('request_invalid', 'unsolicited');
    const response = responseOf(message, message.inResponseTo, partner, relayState ?? '');
    return { outcome: 'trusted', message: response, partner };
  }

  const idHash = createHash('sha256').update(JSON.stringify([message.issuer, message.id]));
  const until = message.issueInstant + REQUEST_LIFETIME_MS + CLOCK_SKEW_MS;
  const { db } = deps.database;
  if (!(await consumeOnce(db, 'saml-logout-request', idHash.digest('base64url'), until))) {
    return refused('request_invalid', 'replayed');
  }
  const request: TrustedRequest = {
    kind: 'request',
    issuer: entity.issuer,
    party: partner.party.id,
    id: message.id,
    nameId: message.nameId,
    sessionIndexes: message.sessionIndexes,
    relayState,
    binding: inbound.binding,
  };
  const isOver = message.notOnOrAfter !== null && message.notOnOrAfter <= now;
  return isOver
    ? { outcome: 'denied', message: request, partner, detail: 'not-on-or-after' }
    : { outcome: 'trusted', message: request, partner };
}

/** Logout messages are signed, whatever the partner's requests to sign in are. */
function coreView(partner: SamlPartner | null, entity: SamlEntity): Partner | null {
  if (partner === null) return null;
  const { entityId, signingCertificates } = partner.metadata;
  const { decryptionKeys } = entity;
  const allowSha1 = partner.settings.profile !== undefined;
  return { entityId, signingCertificates, mustSign: true, allowSha1, decryptionKeys };
}

const status = (code: string) => `urn:oasis:names:tc:SAML:2.0:status:${code}`;

function responseOf(
  message: LogoutResponse,
  inResponseTo: string,
  { party }: SamlPartner,
  relayState: string,
): TrustedMessage {
  // Who tells of a partial logout has ended its own session and could not reach others behind it.
  const done =
    message.status === status('Success') || message.subStatus === status('PartialLogout');
  return { kind: 'response', party: party.id, inResponseTo, done, relayState };
}
