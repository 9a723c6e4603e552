import type { RandomSource } from '../kernel/random.js';
import { nameId } from './build-assertion.js';
import type { SecondLevelStatus, TopLevelStatus } from './build-status-response.js';
import { dateTime, element } from './canonical-element.js';
import { canonicalText } from './canonical-text.js';
import type { NameId } from './messages.js';
import { ns } from './namespaces.js';
import { newId } from './new-id.js';
import type { SamlSigningKey } from './outgoing.js';
import { protocolMessage, status } from './protocol-message.js';
import { signElement } from './sign-element.js';
import type { Signable } from './sign-element.js';
import { wireForm } from './wire-form.js';

export interface OutgoingLogoutRequest {
  issuer: string;
  destination: string;
  /** Times are milliseconds since the epoch. */
  issueInstant: number;
  notOnOrAfter: number;
  nameId: NameId;
  sessionIndexes: readonly string[];
}

export interface OutgoingLogoutResponse {
  issuer: string;
  destination: string;
  issueInstant: number;
  inResponseTo: string;
  status: TopLevelStatus | 'Success';
  subStatus: SecondLevelStatus | null;
}

/**
 * Logout messages are always signed: inside for the POST binding (`key`), beside the message for Redirect (`null`, and
 * `redirectUrl` signs).
 */
export type LogoutSignature = SamlSigningKey | null;

/** SAML 2.0 core, 3.7.1. Throws `NotXmlText`. */
export async function buildLogoutRequest(
  request: OutgoingLogoutRequest,
  key: LogoutSignature,
  random: RandomSource,
): Promise<{ xml: string; id: string }> {
  const id = newId(random);
  const content =
    nameId(request.nameId, ns.assertion) +
    request.sessionIndexes
      .map((one) => element('samlp:SessionIndex', null, {}, canonicalText(one)))
      .join('');
  const message = protocolMessage(
    'LogoutRequest',
    {
      id,
      issuer: request.issuer,
      destination: request.destination,
      issueInstant: request.issueInstant,
      more: { NotOnOrAfter: dateTime(request.notOnOrAfter) },
    },
    content,
  );
  return { xml: await finished(message, key), id };
}

/** SAML 2.0 core, 3.7.2. Throws `NotXmlText`. */
export async function buildLogoutResponse(
  response: OutgoingLogoutResponse,
  key: LogoutSignature,
  random: RandomSource,
): Promise<{ xml: string; id: string }> {
  const id = newId(random);
  const message = protocolMessage(
    'LogoutResponse',
    {
      id,
      issuer: response.issuer,
      destination: response.destination,
      issueInstant: response.issueInstant,
      more: { InResponseTo: response.inResponseTo },
    },
    status(
      response.subStatus === null ? [response.status] : [response.status, response.subStatus],
      null,
    ),
  );
  return { xml: await finished(message, key), id };
}

async function finished(message: Signable, key: LogoutSignature): Promise<string> {
  return wireForm(key === null ? message.head + message.tail : await signElement(message, key));
}
