import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import type { CipherGCMTypes } from 'node:crypto';
import { base64WithBreaks } from './base64.js';
import { ns } from './namespaces.js';
import { refuse } from './refusal.js';
import { attributeOf, childOf, childrenOf, textOf } from './xml-tree.js';
import type { XmlTree } from './xml-tree.js';

/** Only with authentication: CBC tells whoever may send changed texts, bit by bit, what was in the original. */
const ciphers = new Map<string, { name: CipherGCMTypes; keyBytes: number }>([
  [`${ns.encryption11}aes128-gcm`, { name: 'aes-128-gcm', keyBytes: 16 }],
  [`${ns.encryption11}aes192-gcm`, { name: 'aes-192-gcm', keyBytes: 24 }],
  [`${ns.encryption11}aes256-gcm`, { name: 'aes-256-gcm', keyBytes: 32 }],
]);

const oaepHashes = new Map<string, string>([
  [`${ns.signature}sha1`, 'sha1'],
  [`${ns.encryption}sha256`, 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'sha384'],
  [`${ns.encryption}sha512`, 'sha512'],
]);

const mostKeys = 4;

/**
 * What is inside an `EncryptedID` or its like (xmlenc 1.1; RSA-OAEP and AES-GCM). Only ever called for what a verified
 * signature covers. Answers the text that was encrypted. Whether the key could not be opened or the text not be
 * decrypted takes the same way and ends the same.
 */
export function decryptElement(encrypted: XmlTree, keys: readonly string[]): Buffer {
  const data = childOf(encrypted, ns.encryption, 'EncryptedData');
  if (data === null) return refuse('malformed', 'no-encrypted-data');
  const cipher = ciphers.get(methodOf(data)?.uri ?? '');
  if (cipher === undefined) return refuse('malformed', 'cipher');
  const value = cipherValue(data);
  const keyInfo = childOf(data, ns.signature, 'KeyInfo');
  const sealed = [
    ...(keyInfo ? childrenOf(keyInfo, ns.encryption, 'EncryptedKey') : []),
    ...childrenOf(encrypted, ns.encryption, 'EncryptedKey'),
  ];
  for (const one of sealed.slice(0, mostKeys)) {
    const key = openKey(one, keys);
    const fits = key?.length === cipher.keyBytes;
    const plain = decipher(cipher.name, fits ? key : Buffer.alloc(cipher.keyBytes), value);
    if (fits && plain !== null) return plain;
  }
  return refuse('malformed', 'not-decryptable');
}

function methodOf(parent: XmlTree): { uri: string; tree: XmlTree } | null {
  const tree = childOf(parent, ns.encryption, 'EncryptionMethod');
  return tree && { uri: attributeOf(tree, 'Algorithm') ?? '', tree };
}

function cipherValue(parent: XmlTree): Buffer {
  const data = childOf(parent, ns.encryption, 'CipherData');
  const value = data && childOf(data, ns.encryption, 'CipherValue');
  if (value === null) return refuse('malformed', 'no-cipher-value');
  return base64WithBreaks(textOf(value));
}

function openKey(sealed: XmlTree, keys: readonly string[]): Buffer | null {
  const oaepHash = oaepHashOf(sealed);
  if (oaepHash === null) return null;
  const value = cipherValue(sealed);
  for (const key of keys) {
    try {
      return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, value);
    } catch {
      // Sealed for another key: during a rollover there are two.
    }
  }
  return null;
}

/** Node takes one hash for the label and for the mask; a sender who names two different ones cannot be read. */
function oaepHashOf(sealed: XmlTree): string | null {
  const method = methodOf(sealed);
  if (method === null) return null;
  const digest = childOf(method.tree, ns.signature, 'DigestMethod');
  const hash = oaepHashes.get(
    (digest && attributeOf(digest, 'Algorithm')) ?? `${ns.signature}sha1`,
  );
  if (hash === undefined) return null;
  if (method.uri === `${ns.encryption}rsa-oaep-mgf1p`) return hash === 'sha1' ? hash : null;
  if (method.uri !== `${ns.encryption11}rsa-oaep`) return null;
  const mask = childOf(method.tree, ns.encryption11, 'MGF');
  const maskUri = (mask && attributeOf(mask, 'Algorithm')) ?? `${ns.encryption11}mgf1sha1`;
  return maskUri === `${ns.encryption11}mgf1${hash}` ? hash : null;
}

function decipher(cipher: CipherGCMTypes, key: Buffer, value: Buffer): Buffer | null {
  try {
    const gcm = createDecipheriv(cipher, key, value.subarray(0, 12), { authTagLength: 16 });
    gcm.setAuthTag(value.subarray(-16));
    return Buffer.concat([gcm.update(value.subarray(12, -16)), gcm.final()]);
  } catch {
    return null;
  }
}
