import type { RandomSource } from '../kernel/random.js';
import { dateTime, element, startTag } from './canonical-element.js';
import { canonicalAttribute, canonicalText } from './canonical-text.js';
import { ns } from './namespaces.js';
import { newId } from './new-id.js';
import type { SamlSigningKey } from './outgoing.js';
import { keyInfo, signElement } from './sign-element.js';
import { wireForm } from './wire-form.js';

/** What relying parties of WS-Federation learn about one of our issuers. */
export interface FederationMetadata {
  entityId: string;
  displayName: string;
  /** Where browsers are sent. */
  passiveUrl: string;
  /** Where programs would ask for tokens. */
  activeUrl: string;
  /** PEM, the one that signs first; both during a rollover. */
  signingCertificates: readonly string[];
  /** Milliseconds since the epoch. */
  validUntil: number;
  cacheDurationSeconds: number;
}

const protocols = [
  'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
  ns.trust2005,
  ns.federation,
].join(' ');

/**
 * The federation metadata of an issuer (WS-Federation 1.2, 3.1), signed: a security token service with its keys, as
 * Entra ID and the clients of AD FS read it. Throws `NotXmlText`.
 */
export async function buildFederationMetadata(
  own: FederationMetadata,
  key: SamlSigningKey,
  random: RandomSource,
): Promise<string> {
  const id = newId(random);
  const head = startTag('md:EntityDescriptor', ns.metadata, {
    ID: id,
    cacheDuration: `PT${own.cacheDurationSeconds}S`,
    entityID: own.entityId,
    validUntil: dateTime(own.validUntil),
  });
  const tail = `${securityTokenService(own)}</md:EntityDescriptor>`;
  const signed = await signElement({ id, head, tail }, key);
  // `xsi:type` names its type by a prefix, which has to be declared there. Canonical form leaves out what is used in
  // no name, so it is put in afterwards; whoever canonicalises takes it out again.
  const [before, after] = signed.split(ROLE, 2) as [string, string];
  return wireForm(`${before}<md:RoleDescriptor xmlns:fed="${ns.federation}"${after}`);
}

/** Values cannot hold it: markup is escaped in them. */
const ROLE = '<md:RoleDescriptor';

function securityTokenService(own: FederationMetadata): string {
  const start =
    `${ROLE} xmlns:xsi="${ns.schemaInstance}"` +
    ` ServiceDisplayName="${canonicalAttribute(own.displayName)}"` +
    ` protocolSupportEnumeration="${protocols}" xsi:type="fed:SecurityTokenServiceType">`;
  return [
    start,
    ...own.signingCertificates.map((one) =>
      element('md:KeyDescriptor', null, { use: 'signing' }, keyInfo(one, ns.signature)),
    ),
    element(
      'fed:TokenTypesOffered',
      ns.federation,
      {},
      element('fed:TokenType', null, { Uri: ns.assertion11 }),
    ),
    endpoint('SecurityTokenServiceEndpoint', own.activeUrl),
    endpoint('PassiveRequestorEndpoint', own.passiveUrl),
    '</md:RoleDescriptor>',
  ].join('');
}

function endpoint(name: string, url: string): string {
  const address = element('wsa:Address', null, {}, canonicalText(url));
  return element(
    `fed:${name}`,
    ns.federation,
    {},
    element('wsa:EndpointReference', ns.wsAddressing, {}, address),
  );
}
