import { createPublicKey, X509Certificate } from 'node:crypto';
import { base64WithBreaks } from './base64.js';
import { isEndpointUrl } from './endpoint-url.js';
import type { MetadataRefusal, PartnerMetadata } from './metadata.js';
import { ns } from './namespaces.js';
import { Refusal } from './refusal.js';
import { attributeOf, childOf, childrenOf, textOf } from './xml-tree.js';
import type { XmlTree } from './xml-tree.js';
import { booleanAttribute, indexAttribute, instantAttribute } from './xml-values.js';

export function refuseMetadata(refusal: MetadataRefusal, detail: string): never {
  throw new Refusal<MetadataRefusal>(refusal, detail);
}

export function earliest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

const longestEntityId = 1024;

/** An `EntityDescriptor` as a service provider of SAML 2.0; `null` when it is none. `validUntil`: of what is around it. */
export function readServiceProvider(
  entity: XmlTree,
  validUntil: number | null,
  now: number,
): PartnerMetadata | null {
  const roles = childrenOf(entity, ns.metadata, 'SPSSODescriptor').filter((role) =>
    (attributeOf(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(ns.protocol),
  );
  const [role] = roles;
  if (role === undefined) return null;
  if (roles.length > 1) refuseMetadata('duplicate', 'service-provider-role');
  const entityId = attributeOf(entity, 'entityID') ?? '';
  if (!/^[^\s\p{Cc}]+$/u.test(entityId) || entityId.length > longestEntityId) {
    refuseMetadata('unusable', 'entity-id');
  }
  const until = [entity, role]
    .map((one) => instantAttribute(one, 'validUntil'))
    .reduce(earliest, validUntil);
  if (until !== null && until <= now) refuseMetadata('expired', 'valid-until');
  return {
    entityId,
    acs: consumers(role),
    slo: childrenOf(role, ns.metadata, 'SingleLogoutService').map((one) => ({
      ...endpoint(one),
      responseUrl: attributeOf(one, 'ResponseLocation') && url(one, 'ResponseLocation'),
    })),
    signingCertificates: certificates(role, 'signing'),
    encryptionCertificates: certificates(role, 'encryption'),
    encryptionExplicit: keyUses(role).includes('encryption'),
    nameIdFormats: childrenOf(role, ns.metadata, 'NameIDFormat').map((one) => textOf(one).trim()),
    authnRequestsSigned: booleanAttribute(role, 'AuthnRequestsSigned') ?? false,
    wantAssertionsSigned: booleanAttribute(role, 'WantAssertionsSigned') ?? false,
    validUntil: until,
  };
}

/** The default is the first that says so, else the first that does not say it is not, else the first. */
function consumers(role: XmlTree): PartnerMetadata['acs'] {
  const trees = childrenOf(role, ns.metadata, 'AssertionConsumerService');
  const says = trees.map((one) => booleanAttribute(one, 'isDefault'));
  const defaultAt = [says.indexOf(true), says.indexOf(null), 0].find((at) => at !== -1);
  const acs = trees.map((one, at) => ({
    ...endpoint(one),
    index: indexAttribute(one, 'index') ?? refuseMetadata('unusable', 'acs-without-index'),
    isDefault: at === defaultAt,
  }));
  if (acs.length === 0) refuseMetadata('unusable', 'no-acs');
  if (new Set(acs.map(({ index }) => index)).size < acs.length) {
    refuseMetadata('duplicate', 'acs-index');
  }
  return acs;
}

function url(tree: XmlTree, name: string): string {
  const value = attributeOf(tree, name) ?? refuseMetadata('unusable', `no-${name}`);
  if (!isEndpointUrl(value)) refuseMetadata('unusable', `url ${value.slice(0, 200)}`);
  return value;
}

function endpoint(tree: XmlTree): { url: string; binding: string } {
  const binding = attributeOf(tree, 'Binding') ?? refuseMetadata('unusable', 'no-binding');
  return { url: url(tree, 'Location'), binding };
}

/**
 * A key without a `use` is for both (SAML 2.0 metadata, 2.4.1.1): leaving it out must not mean "not checked". Those
 * that name the use come first.
 */
function certificates(role: XmlTree, use: 'signing' | 'encryption'): string[] {
  const explicit = new Set<string>();
  const forBoth = new Set<string>();
  for (const descriptor of childrenOf(role, ns.metadata, 'KeyDescriptor')) {
    const said = attributeOf(descriptor, 'use');
    if (said !== null && said !== 'signing' && said !== 'encryption') {
      refuseMetadata('unusable', 'key-use');
    }
    if (said === null) forBoth.add(certificateOf(descriptor));
    if (said === use) explicit.add(certificateOf(descriptor));
  }
  const found = [...new Set([...explicit, ...forBoth])];
  if (use === 'signing') return found;
  const usable = found.filter(canEncrypt);
  // Nothing less than encrypted is what was asked for.
  if (usable.length === 0 && explicit.size > 0) refuseMetadata('unusable', 'encryption-key');
  return usable;
}

/** RSA of 2048 bits or more; a key that can only sign (EC, with no `use`) is none of these. */
function canEncrypt(certificate: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(certificate);
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    // A kind of key that is not known here.
    return false;
  }
}

function keyUses(role: XmlTree): (string | null)[] {
  return childrenOf(role, ns.metadata, 'KeyDescriptor').map((one) => attributeOf(one, 'use'));
}

/** The first certificate is the key's; those behind it, if any, are its issuers, who sign no messages. */
function certificateOf(descriptor: XmlTree): string {
  const keyInfo = childOf(descriptor, ns.signature, 'KeyInfo');
  const data = keyInfo && childOf(keyInfo, ns.signature, 'X509Data');
  const certificate = data && childOf(data, ns.signature, 'X509Certificate');
  if (!certificate) return refuseMetadata('unusable', 'key-without-certificate');
  const der = base64WithBreaks(textOf(certificate));
  try {
    return new X509Certificate(der).toString();
  } catch {
    return refuseMetadata('unusable', 'certificate');
  }
}
