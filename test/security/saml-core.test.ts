import { describe, expect, test } from '@jest/globals';
import { receiveMessage } from '../../src/saml-core/receive-message.js';
import { allHostile } from '../unit/saml-core/support/all-hostile.js';
import { partnerId } from '../unit/saml-core/support/genuine.js';

const all = allHostile();

/** Published attacks on SAML, as they apply to what an identity provider receives, and the messages that try them. */
const rows: [string, RegExp][] = [
  ['S1 signature wrapping, eight kinds, AuthnRequest', /^AuthnRequest: (XSW|original|signature)/],
  ['S1 signature wrapping, eight kinds, LogoutRequest', /^LogoutRequest: (XSW|original|signature)/],
  ['S2 DOCTYPE and CDATA (CVE-2025-25291)', /DOCTYPE|CDATA/],
  ['S3 two signatures seen differently (CVE-2025-25292)', /^two signatures/],
  ['S3 bombs (CVE-2025-25293)', /bomb|depth|^attributes of|^elements$|billion/],
  [
    'S3 prefixes: what one parser binds otherwise than another',
    /prefix|two colons|attribute twice|namespace of xml/,
  ],
  ['S5 a digest from elsewhere (CVE-2024-45409)', /digest|Manifest|manifest/],
  [
    'S6 two SignedInfo, comment in the digest (CVE-2025-29774, 29775)',
    /two SignedInfo|comment in the digest/,
  ],
  ['S7, S8 the original of a genuine message moved aside', /: (XSW[1678]|original in KeyInfo)/],
  ['S12 assertions, plain or encrypted, where none belong', /assertion|advice/],
  [
    'S10 truncated at a comment, CDATA, processing instruction',
    /^(comment|CDATA|processing instruction) in a NameID/,
  ],
  [
    'S18 external entities, transforms, keys to fetch',
    /external entity|transform|to fetch|schema of its own|canonicalis/,
  ],
  ['S19 RelayState is bounded', /RelayState of more/],
  [
    'B78 AuthnRequest: signature and query',
    /^Redirect:|encoded|repeated|query|semicolon|SHA-1|HMAC|version 1\.1|^(an|no|a prefixed) ID|same ID|xml:id/,
  ],
  ['B80 encodings', /UTF|byte order|Latin|NUL|control character|surrogate|declaration/],
  ['B81 unsigned logout', /^an unsigned logout/],
  ['EncryptedID: no failure tells more than another', /^EncryptedID:/],
  ['keys that are too weak, or of another kind', /weak key|curve|RSA signature/],
  ['KeyInfo is never believed', /brings the certificate|signed by a stranger/],
];

describe.each(rows)('%s', (_, names) => {
  const cases = all.filter(({ name }) => names.test(name));

  test('has messages that try it', () => {
    expect(cases.length).toBeGreaterThan(0);
  });

  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const received = await receiveMessage(one.inbound, {
      partnerOf: (issuer) => (issuer === partnerId ? one.partner : null),
      expected: one.expected,
    });
    expect(received.ok).toBe(false);
  });
});
