import type { RandomSource } from '../kernel/random.js';
import { newId } from './new-id.js';
import type { SamlSigningKey } from './outgoing.js';
import { protocolMessage, status } from './protocol-message.js';
import { signElement } from './sign-element.js';
import { wireForm } from './wire-form.js';

/** Whose fault it is (SAML 2.0 core, 3.2.2.2). */
export type TopLevelStatus = 'Requester' | 'Responder' | 'VersionMismatch';

/** What happened (SAML 2.0 core, 3.2.2.2), without the common prefix. */
export type SecondLevelStatus =
  | 'AuthnFailed'
  | 'InvalidAttrNameOrValue'
  | 'InvalidNameIDPolicy'
  | 'NoAuthnContext'
  | 'NoAvailableIDP'
  | 'NoPassive'
  | 'NoSupportedIDP'
  | 'PartialLogout'
  | 'ProxyCountExceeded'
  | 'RequestDenied'
  | 'RequestUnsupported'
  | 'UnknownPrincipal'
  | 'UnsupportedBinding';

export interface StatusResponse {
  issuer: string;
  destination: string;
  inResponseTo: string | null;
  /** Milliseconds since the epoch. */
  issueInstant: number;
  status: TopLevelStatus;
  subStatus: SecondLevelStatus | null;
  /** Shown by some service providers; says nothing that a stranger should not read. */
  message: string | null;
}

/** A signed `Response` without an assertion, which says why there is none. Throws `NotXmlText`. */
export async function buildStatusResponse(
  response: StatusResponse,
  key: SamlSigningKey,
  random: RandomSource,
): Promise<{ xml: string; responseId: string }> {
  const responseId = newId(random);
  const message = protocolMessage(
    'Response',
    {
      id: responseId,
      issuer: response.issuer,
      destination: response.destination,
      issueInstant: response.issueInstant,
      more: { InResponseTo: response.inResponseTo },
    },
    status(
      response.subStatus === null ? [response.status] : [response.status, response.subStatus],
      response.message,
    ),
  );
  return { xml: wireForm(await signElement(message, key)), responseId };
}
