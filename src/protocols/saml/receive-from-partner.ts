import { createHash } from 'node:crypto';
import type { FailureReason } from '../../audit/failure-reasons.js';
import type { Clock } from '../../kernel/clock.js';
import type { ProtocolMessage } from '../../saml-core/messages.js';
import type { InboundMessage } from '../../saml-core/received.js';
import { receiveMessage } from '../../saml-core/receive-message.js';
import { consumeOnce } from '../../storage/sql/one-time.js';
import type { Queryable } from '../../storage/sql/sql-database.js';
import { CLOCK_SKEW_MS, REQUEST_LIFETIME_MS, windowFault } from './message-window.js';
import type { PartnerDirectory, SamlPartner } from './partner.js';
import type { SamlEntity } from './saml-entity.js';
import { speaksWith } from './speaks-with.js';

/** What cannot be trusted: nothing is sent anywhere, and the person is told on a page of ours. */
export interface RefusedMessage {
  outcome: 'refused';
  reason: FailureReason;
  /** Exact, for the audit row. */
  refusal: string;
  detail: string;
  relyingParty: string | null;
  /** The entity the message says it is from. */
  sender: string | null;
}

/** A message of a service in force that this entity speaks with, meant for this address and for now. */
export interface MessageOfPartner<Message> {
  outcome: 'received';
  message: Message;
  partner: SamlPartner;
  relayState: string | null;
  signed: boolean;
  sha1: boolean;
  /** For what the caller finds wrong with it. */
  refused: (reason: FailureReason, detail: string) => RefusedMessage;
}

type TypeOfMessage = ProtocolMessage['type'];

export interface ExpectedMessage<Type extends TypeOfMessage> {
  entity: SamlEntity;
  types: readonly Type[];
  /** The address it must have come to. */
  destination: string;
  mustSign: (partner: SamlPartner) => boolean;
  /** Whether its requests to log out are read without a signature. */
  unsignedLogout?: (partner: SamlPartner) => boolean;
}

/**
 * The checks that every message has to pass, whatever it asks for (SAML 2.0 core, 3.2; bindings, 3.4.5 and 3.5.5). What
 * is refused here leaves nothing behind, so that forgeries fill no table.
 */
export async function receiveFromPartner<Type extends TypeOfMessage>(
  deps: { partners: PartnerDirectory; clock: Clock },
  inbound: InboundMessage,
  expected: ExpectedMessage<Type>,
): Promise<RefusedMessage | MessageOfPartner<Extract<ProtocolMessage, { type: Type }>>> {
  const { entity, destination } = expected;
  const partnerOf = (entityId: string): SamlPartner | null => {
    const partner = deps.partners.byEntityId(entityId);
    return partner?.party.enabled === true && speaksWith(partner.settings, entity.issuer)
      ? partner
      : null;
  };
  const received = await receiveMessage(inbound, {
    expected: expected.types,
    partnerOf(entityId) {
      const partner = partnerOf(entityId);
      return partner === null ? null : coreView(partner, expected);
    },
  });
  if (!received.ok) {
    const { refusal, detail, issuer } = received;
    const reason = refusal === 'unknown-issuer' ? 'unknown_relying_party' : 'request_invalid';
    const known = issuer === null ? null : deps.partners.byEntityId(issuer);
    const relyingParty = known?.party.id ?? null;
    return { outcome: 'refused', reason, refusal, detail, relyingParty, sender: issuer };
  }
  const message: ProtocolMessage = received.message;
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
  if (!isOneOf(message, expected.types)) return refused('request_invalid', 'unexpected-message');
  const { relayState, signed, sha1 } = received;
  const fault = windowFault(message, { destination, signed, now: deps.clock.now() });
  if (fault !== null) return refused('request_invalid', fault);
  if (relayState?.includes('\0') === true) return refused('request_invalid', 'relay-state');
  return { outcome: 'received', message, partner, relayState, signed, sha1, refused };
}

/** Uses a message's ID up: of all who ever bring it, exactly one gets `true`. */
export function isFirstUse(
  db: Queryable,
  namespace: 'saml-request' | 'saml-logout-request',
  message: Pick<ProtocolMessage, 'issuer' | 'id' | 'issueInstant'>,
): Promise<boolean> {
  const idHash = createHash('sha256').update(JSON.stringify([message.issuer, message.id]));
  const until = message.issueInstant + REQUEST_LIFETIME_MS + CLOCK_SKEW_MS;
  return consumeOnce(db, namespace, idHash.digest('base64url'), until);
}

function coreView(
  partner: SamlPartner,
  { entity, mustSign, unsignedLogout }: Omit<ExpectedMessage<TypeOfMessage>, 'types'>,
) {
  const { settings, metadata } = partner;
  return {
    entityId: metadata.entityId,
    signingCertificates: metadata.signingCertificates,
    mustSign: mustSign(partner),
    unsignedLogout: unsignedLogout?.(partner) ?? false,
    // Microsoft signs by nothing else.
    allowSha1: settings.profile !== undefined,
    decryptionKeys: entity.decryptionKeys,
  };
}

function isOneOf<Type extends TypeOfMessage>(
  message: ProtocolMessage,
  types: readonly Type[],
): message is Extract<ProtocolMessage, { type: Type }> {
  return types.some((type) => type === message.type);
}
