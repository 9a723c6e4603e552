import type { Clock } from '../../../kernel/clock.js';
import type { LogoutResponse } from '../../../saml-core/messages.js';
import type { InboundMessage } from '../../../saml-core/received.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { PartnerDirectory, SamlPartner } from '../partner.js';
import { isFirstUse, receiveFromPartner, type RefusedMessage } from '../receive-from-partner.js';
import type { SamlEntity } from '../saml-entity.js';
import type { TrustedMessage, TrustedRequest } from './logout-message.js';

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
  const received = await receiveFromPartner(deps, inbound, {
    entity,
    types: ['LogoutRequest', 'LogoutResponse'],
    destination: entity.singleLogout,
    // Whatever the partner's requests to sign in are.
    mustSign: () => true,
    unsignedLogout: mayComeUnsigned,
  });
  if (received.outcome === 'refused') return received;
  const { message, partner, relayState, signed, sha1, refused } = received;
  if (message.type === 'LogoutResponse') {
    if (message.inResponseTo === null) return refused('request_invalid', 'unsolicited');
    const response = responseOf(message, message.inResponseTo, partner, relayState ?? '');
    return { outcome: 'trusted', message: response, partner };
  }

  // Without a signature a second one costs nothing to make, so that remembering the first would keep nobody out.
  if (signed && !(await isFirstUse(deps.database.db, 'saml-logout-request', message))) {
    return refused('request_invalid', 'replayed');
  }
  const request: TrustedRequest = {
    kind: 'request',
    proof: signed ? (sha1 ? 'sha1-signature' : 'signature') : 'none',
    issuer: entity.issuer,
    party: partner.party.id,
    id: message.id,
    nameId: message.nameId,
    sessionIndexes: message.sessionIndexes,
    relayState,
    binding: inbound.binding,
  };
  const isOver = message.notOnOrAfter !== null && message.notOnOrAfter <= deps.clock.now();
  return isOver
    ? { outcome: 'denied', message: request, partner, detail: 'not-on-or-after' }
    : { outcome: 'trusted', message: request, partner };
}

/**
 * Entra signs nothing unless a domain is told to have it (`isSignedAuthenticationRequestRequired`), and no logout request of
 * it was recorded. All that a forged one could do is to sign out a person in the very browser that brings it, whose
 * ImmutableID it has to know; `wsignout1.0`, which is never signed, does the same without.
 */
function mayComeUnsigned({ settings }: SamlPartner): boolean {
  return settings.profile !== undefined && settings.require_signed_requests !== true;
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
