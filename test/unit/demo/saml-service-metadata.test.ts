import { expect, test } from '@jest/globals';
import { makeServiceKey } from '../../../src/demo/site/saml/service-key.js';
import { serviceMetadata } from '../../../src/demo/site/saml/service-metadata.js';
import {
  partnerMetadata,
  samlAddresses,
  samlDemoService,
} from '../../../src/demo/saml-demo-service.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { systemRandom } from '../../../src/kernel/random.js';
import { readMetadata } from '../../../src/saml-core/read-metadata.js';

test('what Drawbridge knows of the service is what its metadata says', async () => {
  const { certificate } = await makeServiceKey('Library', {
    clock: systemClock,
    random: systemRandom,
  });
  const addresses = samlAddresses('http://127.0.0.1:4711', samlDemoService);
  const read = await readMetadata(serviceMetadata(addresses, certificate), {
    now: systemClock.now(),
  });
  if (!read.ok) throw new Error(`${read.refusal} ${read.detail}`);
  const { signingCertificates, ...known } = partnerMetadata(addresses, certificate);
  expect(read.entities).toEqual([expect.objectContaining(known)]);
  const bare = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  expect(read.entities[0]?.signingCertificates.map(bare)).toEqual(signingCertificates.map(bare));
});
