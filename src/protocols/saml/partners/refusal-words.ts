import type { MetadataRefusal } from '../../../saml-core/metadata.js';
import type { Fault } from './fault.js';

const again = 'Get the metadata from the service again.';
const askPublisher = 'Ask whoever publishes the metadata.';

/** What the reader of metadata refused, said to an administrator. The rule itself stands behind it in brackets. */
export function faultOfRefusal(refusal: MetadataRefusal, detail: string): Fault {
  const special = specialFault(refusal, detail);
  if (special !== null) return special;
  const [problem, remedy] = words[refusal];
  return { problem: `${problem} (${refusal}: ${detail})`, remedy };
}

function specialFault(refusal: MetadataRefusal, detail: string): Fault | null {
  if (detail === 'no-valid-until') {
    return {
      problem: 'is a collection of services that does not say how long it is valid (validUntil)',
      remedy: `${askPublisher} Or take the metadata of the one service, which needs no validUntil.`,
    };
  }
  if (detail === 'no-service-provider') {
    return {
      problem: 'describes no service provider of SAML 2.0',
      remedy:
        'Take the metadata that the service shows for itself, not that of an identity provider.',
    };
  }
  if (detail === 'doctype') {
    return {
      problem: 'has a DOCTYPE, which metadata has no use for; a web page has one (doctype)',
      remedy:
        'Open it and see whether it is a page, of a sign-in for instance. Metadata itself must be without a DOCTYPE.',
    };
  }
  if (detail === 'encoding') {
    return {
      problem: 'is not written in UTF-8 (encoding)',
      remedy: 'Save it as UTF-8, or download it again without opening it.',
    };
  }
  if (refusal === 'unusable' && detail === 'certificate') {
    return {
      problem: 'holds a certificate that cannot be read (unusable: certificate)',
      remedy: 'Compare it with that of the service: something may have been lost in copying.',
    };
  }
  if (detail.startsWith('url ')) {
    return {
      problem: `names an address that is not a plain http or https URL: ${detail.slice(4)}`,
      remedy: 'Correct the address in the service and get its metadata again.',
    };
  }
  if (refusal === 'duplicate' && !['service-provider-role', 'acs-index'].includes(detail)) {
    return { problem: `describes ${detail} more than once`, remedy: askPublisher };
  }
  return null;
}

const words: Record<MetadataRefusal, readonly [problem: string, remedy: string]> = {
  malformed: ['is not well-formed metadata', again],
  'too-large': ['is larger than is read', 'Take the metadata of the one service.'],
  'forbidden-construct': [
    'contains something that metadata has no use for, such as a DOCTYPE',
    'Take it out, or get the metadata from the service itself.',
  ],
  'schema-invalid': ['is not valid by the SAML schemas', again],
  'unexpected-message': ['is not SAML metadata', again],
  'unknown-issuer': ['is from somebody unknown', again],
  unsigned: [
    'is not signed, although a certificate for its signature is configured',
    'Get the signed metadata, or take the certificate out of the configuration.',
  ],
  'signature-structure': ['is signed in a way that is not accepted', askPublisher],
  'signature-algorithm': [
    'is signed with an algorithm or a key that is not accepted, such as SHA-1',
    'Ask whoever publishes the metadata to sign it with SHA-256 and a key of 2048 bits or more.',
  ],
  'signature-invalid': [
    'has a signature that was not made with the configured certificate',
    'Compare the certificate with what its publisher tells you by another way.',
  ],
  expired: ['is no longer valid: its validUntil has passed', 'Get the present metadata.'],
  duplicate: ['says something twice that it may say once', askPublisher],
  unusable: ['cannot be used', 'Correct it in the service and get its metadata again.'],
};
