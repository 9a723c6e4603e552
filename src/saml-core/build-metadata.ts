import type { RandomSource } from '../kernel/random.js';
import { dateTime, element, startTag } from './canonical-element.js';
import { canonicalText } from './canonical-text.js';
import type { Endpoint, OwnMetadata } from './metadata.js';
import { ns } from './namespaces.js';
import { newId } from './new-id.js';
import type { SamlSigningKey } from './outgoing.js';
import { keyInfo, signElement } from './sign-element.js';
import { wireForm } from './wire-form.js';

/**
 * Our metadata as an identity provider, signed (SAML 2.0 metadata, 2.4.3), elements in the order of the schema. Throws
 * `NotXmlText`.
 */
export async function buildMetadata(
  own: OwnMetadata,
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
  const tail = `${identityProvider(own)}</md:EntityDescriptor>`;
  return wireForm(await signElement({ id, head, tail }, key));
}

function identityProvider(own: OwnMetadata): string {
  return element(
    'md:IDPSSODescriptor',
    null,
    {
      WantAuthnRequestsSigned: String(own.wantAuthnRequestsSigned),
      protocolSupportEnumeration: ns.protocol,
    },
    ...own.signingCertificates.map((one) => keyDescriptor('signing', one)),
    ...own.encryptionCertificates.map((one) => keyDescriptor('encryption', one, ...methods())),
    ...own.singleLogout.map((one) => endpoint('SingleLogoutService', one)),
    ...own.nameIdFormats.map((one) => element('md:NameIDFormat', null, {}, canonicalText(one))),
    ...own.singleSignOn.map((one) => endpoint('SingleSignOnService', one)),
  );
}

function keyDescriptor(use: string, certificate: string, ...after: string[]): string {
  return element('md:KeyDescriptor', null, { use }, keyInfo(certificate, ns.signature), ...after);
}

/** What we prefer to decrypt. Without a word some would take RSA 1.5. */
function methods(): string[] {
  return [`${ns.encryption11}aes256-gcm`, `${ns.encryption}rsa-oaep-mgf1p`].map((Algorithm) =>
    element('md:EncryptionMethod', null, { Algorithm }),
  );
}

function endpoint(name: string, { binding, url }: Endpoint): string {
  return element(`md:${name}`, null, { Binding: binding, Location: url });
}
