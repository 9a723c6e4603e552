import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';
import { selfSignedCertificate } from '../../../keys/self-signed-certificate.js';

/** What a service signs its messages with, both as PEM. */
export interface ServiceKey {
  privateKey: string;
  certificate: string;
}

/** A key that lives as long as this process. It is RSA, the only kind that node-saml signs with. */
export async function makeServiceKey(
  name: string,
  { clock, random }: { clock: Clock; random: RandomSource },
): Promise<ServiceKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: selfSignedCertificate(
      { ...pair, name, usage: 'digitalSignature', notBefore: clock.now() },
      random,
    ),
  };
}
