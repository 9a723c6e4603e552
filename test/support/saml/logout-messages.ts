import { systemRandom } from '../../../src/kernel/random.js';
import { participationOf } from '../../../src/protocols/saml/saml-participation.js';
import {
  buildLogoutRequest,
  buildLogoutResponse,
  type OutgoingLogoutRequest,
  type OutgoingLogoutResponse,
} from '../../../src/saml-core/build-logout.js';
import { postFields, redirectUrl } from '../../../src/saml-core/redirect-url.js';
import type { Name, LogoutScene, Visitor } from './logout-scene.js';
import { entityIdOf } from './saml-party.js';
import type { ServiceProcess } from './service-process.js';

/** What a service was told about a person's only session. */
export async function participation(scene: LogoutScene, { person }: Visitor, id: Name) {
  const [session] = await scene.server.drawbridge.parts.sessions.ofPerson(person as never);
  const found = session?.participants[`saml:${id}`];
  if (found === undefined) throw new Error(`${id} was not entered`);
  return participationOf(found);
}

/** A logout request as a service writes it, but for what a test changes. */
export async function requestOf(
  scene: LogoutScene,
  who: Visitor,
  id: Name,
  changes: Partial<OutgoingLogoutRequest> = {},
): Promise<OutgoingLogoutRequest> {
  const { nameId, sessionIndex } = await participation(scene, who, id);
  const now = Date.now();
  return {
    issuer: entityIdOf(id),
    destination: `${scene.server.url}/saml/slo`,
    issueInstant: now,
    notOnOrAfter: now + 60_000,
    nameId,
    sessionIndexes: [sessionIndex],
    ...changes,
  };
}

export async function byRedirect(
  request: OutgoingLogoutRequest,
  { key }: Pick<ServiceProcess, 'key'>,
  relayState: string | null = null,
): Promise<string> {
  const { xml } = await buildLogoutRequest(request, null, systemRandom);
  return redirectUrl(request.destination, 'SAMLRequest', xml, relayState, key);
}

export async function byPost(
  request: OutgoingLogoutRequest,
  { key }: Pick<ServiceProcess, 'key'>,
  relayState: string | null = null,
): Promise<Record<string, string>> {
  const { xml } = await buildLogoutRequest(request, key, systemRandom);
  return postFields('SAMLRequest', xml, relayState);
}

/** The answer of a service to a request of ours. */
export async function responseByRedirect(
  scene: LogoutScene,
  service: Pick<ServiceProcess, 'id' | 'key'>,
  inResponseTo: string,
  relayState: string,
  changes: Partial<OutgoingLogoutResponse> = {},
): Promise<string> {
  const response = {
    issuer: entityIdOf(service.id),
    destination: `${scene.server.url}/saml/slo`,
    issueInstant: Date.now(),
    inResponseTo,
    status: 'Success',
    subStatus: null,
    ...changes,
  } as const;
  const { xml } = await buildLogoutResponse(response, null, systemRandom);
  return redirectUrl(response.destination, 'SAMLResponse', xml, relayState, service.key);
}
