import { X509Certificate } from 'node:crypto';
import type { SamlSettings } from '../protocols/saml/saml-settings.js';
import type { PartnerMetadata } from '../saml-core/metadata.js';
import { printable, printableTime } from './printable.js';

type Row = readonly [label: string, value: string];

/** What a service provider is and what will be sent to it, as lines for an administrator to compare. */
export function describePartner(metadata: PartnerMetadata, settings: SamlSettings): string[] {
  const rows: Row[] = [
    ['Entity id', metadata.entityId],
    ['Valid until', metadata.validUntil === null ? 'not said' : printableTime(metadata.validUntil)],
    ...metadata.acs.map((one): Row => [
      'Answers go to',
      `${one.url} (${bindingName(one.binding)}, index ${one.index}${one.isDefault ? ', default' : ''})`,
    ]),
    ...metadata.slo.map((one): Row => ['Logout at', `${one.url} (${bindingName(one.binding)})`]),
    ...metadata.signingCertificates.map((one): Row => ['Signs with', describeKey(one)]),
    ...metadata.encryptionCertificates.map((one): Row => ['Decrypts with', describeKey(one)]),
    ['Its requests', requestsOf(metadata, settings)],
    ['Assertions', encryptionOf(metadata, settings)],
    ['Identifier', nameIdOf(settings)],
    ['Attributes', attributesOf(settings)],
  ];
  return rows.map(([label, value]) => `${label.padEnd(15)} ${printable(value)}`);
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

function attributesOf({ attributes }: SamlSettings): string {
  const sent = Object.entries(attributes).map(
    ([name, from]) => `${name} (${typeof from === 'string' ? from : from.from})`,
  );
  return sent.length === 0 ? 'none' : sent.join(', ');
}
