import { expect } from '@jest/globals';
import {
  microsoftMetadata,
  readMicrosoftMetadata,
} from '../../../../src/protocols/saml/partners/microsoft-metadata.js';
import { receiveMessage } from '../../../../src/saml-core/receive-message.js';
import { vectorTest } from '../../../support/vectors/vectors-folder.js';

const demands = {
  now: Date.parse('2021-06-01T00:00:00Z'),
  pinned: null,
  entityId: microsoftMetadata.entityId,
};

async function keysOf(metadata: string): Promise<string[]> {
  const read = await readMicrosoftMetadata(Buffer.from(metadata), demands, []);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value.metadata.signingCertificates;
}

vectorTest(
  'Microsoft’s metadata of 2021: signed by SHA-1 with a key that it shows; what is known of it is what it says',
  ['microsoft-365/saml/sp-metadata-2021-signed.xml'],
  async (xml = '') => {
    const read = await readMicrosoftMetadata(Buffer.from(xml), demands, []);
    if (!read.ok) throw new Error(JSON.stringify(read.failure));
    expect(read.value.sha1).toBe(true);
    expect(read.value.metadata.signingCertificates.length).toBeGreaterThan(0);
    expect({ ...read.value.metadata, signingCertificates: [] }).toEqual(microsoftMetadata);
    expect(xml).toContain(`Location="${microsoftMetadata.acs[0]?.url ?? ''}"`);
    const damaged = xml.replace('WantAssertionsSigned="true"', 'WantAssertionsSigned="false"');
    expect((await readMicrosoftMetadata(Buffer.from(damaged), demands, [])).ok).toBe(false);
  },
);

vectorTest(
  'the recorded requests: the unsigned one is read, the signed one has the right form and a digest its authors broke',
  [
    'microsoft-365/saml/authnrequest-2024-unsigned.xml',
    'microsoft-365/saml/authnrequest-2024-signed.xml',
    'microsoft-365/saml/sp-metadata-2021-signed.xml',
  ],
  async (unsigned = '', signed = '', metadata = '') => {
    const signingCertificates = await keysOf(metadata);
    const receive = (xml: string) =>
      receiveMessage(
        {
          binding: 'post',
          fields: { SAMLRequest: Buffer.from(xml.trim()).toString('base64'), RelayState: 'x' },
        },
        {
          expected: ['AuthnRequest'],
          partnerOf: (entityId) => ({
            entityId,
            signingCertificates,
            mustSign: false,
            allowSha1: true,
          }),
        },
      );
    expect(await receive(unsigned)).toMatchObject({
      ok: true,
      signed: false,
      message: { issuer: microsoftMetadata.entityId, acsUrl: null, destination: null },
    });
    expect(await receive(signed)).toMatchObject({ ok: false, refusal: 'signature-invalid' });
  },
);
