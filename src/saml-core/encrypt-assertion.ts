import { constants, createCipheriv, createPublicKey, publicEncrypt } from 'node:crypto';
import type { RandomSource } from '../kernel/random.js';
import { element } from './canonical-element.js';
import { ns } from './namespaces.js';
import { keyInfo } from './sign-element.js';

/**
 * An `EncryptedAssertion` in canonical form (SAML 2.0 core, 2.3.4): AES-256-GCM under a fresh key, that key under
 * RSA-OAEP with SHA-1 and MGF1, which is the one form that every service provider reads; OAEP does not rest on SHA-1
 * being free of collisions. Throws when the certificate holds no RSA key.
 */
export function encryptAssertion(
  assertionXml: string,
  certificate: string,
  random: RandomSource,
): string {
  const recipient = createPublicKey(certificate);
  if (recipient.asymmetricKeyType !== 'rsa') {
    throw new Error('assertions are encrypted for RSA certificates only');
  }
  const key = random.bytes(32);
  const iv = random.bytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([iv, cipher.update(assertionXml, 'utf8'), cipher.final()]);
  const sealedKey = publicEncrypt(
    { key: recipient, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    key,
  );
  return element(
    'saml:EncryptedAssertion',
    ns.assertion,
    {},
    element(
      'xenc:EncryptedData',
      ns.encryption,
      { Type: `${ns.encryption}Element` },
      element('xenc:EncryptionMethod', null, { Algorithm: `${ns.encryption11}aes256-gcm` }),
      element('ds:KeyInfo', ns.signature, {}, encryptedKey(sealedKey, certificate)),
      cipherData(Buffer.concat([sealed, cipher.getAuthTag()])),
    ),
  );
}

function encryptedKey(sealed: Buffer, certificate: string): string {
  return element(
    'xenc:EncryptedKey',
    null,
    {},
    element(
      'xenc:EncryptionMethod',
      null,
      { Algorithm: `${ns.encryption}rsa-oaep-mgf1p` },
      element('ds:DigestMethod', null, { Algorithm: `${ns.signature}sha1` }),
    ),
    // Tells a service provider with two keys which one to take.
    keyInfo(certificate, null),
    cipherData(sealed),
  );
}

function cipherData(value: Buffer): string {
  return element(
    'xenc:CipherData',
    null,
    {},
    element('xenc:CipherValue', null, {}, value.toString('base64')),
  );
}
