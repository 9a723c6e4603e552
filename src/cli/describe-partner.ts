import { X509Certificate } from 'node:crypto';
import type { SamlSettings } from '../protocols/saml/saml-settings.js';
import { isOwnField } from '../protocols/saml/issuing/person-field.js';
import type { PartnerMetadata } from '../saml-core/metadata.js';
import { bindings } from '../saml-core/namespaces.js';
import { printable, printableTime } from './printable.js';

type Row = readonly [label: string, value: string];

/** What a service provider is and what will be sent to it, as lines for an administrator to compare. */
export function describePartner(metadata: PartnerMetadata, settings: SamlSettings): string[] {
  const rows: Row[] = [
    ['Entity id', metadata.entityId],
    ['Valid until', metadata.validUntil === null ? 'not said' : printableTime(metadata.validUntil)],
    ...metadata.acs.map(consumerRow),
    ...metadata.slo.map(logoutRow),
    ...logoutRemark(metadata),
    ...metadata.signingCertificates.map((one): Row => ['Signs with', describeKey(one)]),
    ...metadata.encryptionCertificates.map((one): Row => ['Decrypts with', describeKey(one)]),
    ['Its requests', requestsOf(metadata, settings)],
    ['Assertions', encryptionOf(metadata, settings)],
    ['Identifier', nameIdOf(settings)],
    ['Attributes', attributesOf(settings)],
  ];
  return rows.map(([label, value]) => `${label.padEnd(15)} ${printable(value)}`);
}

/** Answers go by POST alone. */
function consumerRow({ url, binding, index, isDefault }: PartnerMetadata['acs'][number]): Row {
  const where = `${url} (${bindingName(binding)}, index ${index}${isDefault ? ', default' : ''})`;
  return binding === bindings.post ? ['Answers go to', where] : ['Not used', where];
}

const spokenAtLogout = (binding: string): boolean =>
  binding === bindings.post || binding === bindings.redirect;

function logoutRow({ url, binding }: PartnerMetadata['slo'][number]): Row {
  return [spokenAtLogout(binding) ? 'Logout at' : 'Not used', `${url} (${bindingName(binding)})`];
}

/** What will be missed at the first logout is said here, before anybody relies on it. */
function logoutRemark({ slo, signingCertificates }: PartnerMetadata): Row[] {
  if (!slo.some(({ binding }) => spokenAtLogout(binding))) {
    return [['Logout', 'not told of sign-outs: no address for it by Redirect or POST']];
  }
  if (signingCertificates.length > 0) return [];
  return [['Logout', 'its messages will not be believed: it names no key to sign with']];
}

const bindingName = (binding: string): string => binding.split(':').at(-1) ?? binding;

function describeKey(pem: string): string {
  const certificate = new X509Certificate(pem);
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const size = asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve ?? '';
  return `${asymmetricKeyType ?? 'key'} ${size}, SHA-256 ${certificate.fingerprint256}`;
}

function requestsOf(metadata: PartnerMetadata, settings: SamlSettings): string {
  const signed = settings.require_signed_requests ?? metadata.authnRequestsSigned;
  return signed ? 'must be signed' : 'need not be signed';
}

function encryptionOf(metadata: PartnerMetadata, settings: SamlSettings): string {
  const { encrypt_assertions: wanted } = settings;
  const encrypted = wanted === 'always' || (wanted === 'auto' && metadata.encryptionExplicit);
  return encrypted ? 'are encrypted' : 'are not encrypted';
}

function nameIdOf({ name_id: nameId }: SamlSettings): string {
  if (typeof nameId !== 'string') return `${nameId.from} of the person, as ${nameId.format}`;
  if (nameId === 'email') return 'mail address of the person';
  return nameId === 'transient' ? 'a new one at each sign-in' : 'random, its own, lasting';
}

/** A field that every person has is told from one that only an import can have brought, which may be a slip. */
function attributesOf({ attributes }: SamlSettings): string {
  const sent = Object.entries(attributes).map(([name, from]) => {
    const field = typeof from === 'string' ? from : from.from;
    return `${name} (${isOwnField(field) ? field : `further attribute ${field}`})`;
  });
  return sent.length === 0 ? 'none' : sent.join(', ');
}
