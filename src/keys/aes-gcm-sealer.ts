import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { DrawbridgeError } from '../kernel/errors.js';
import type { RandomSource } from '../kernel/random.js';
import type { Sealer } from './sealer.js';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** The configured encryption key and those it replaced; 32 bytes each. */
export interface SealingKeys {
  current: Buffer;
  previous: readonly Buffer[];
}

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce and the context as additional data. The text form is
 * `v1.<first 8 hex digits of the key's SHA-256>.<base64url of nonce, ciphertext and tag>`, so that the key that
 * opens a value is known without trying all of them.
 * `mac` is HMAC-SHA-256 under a key derived from the current key: its values change when that key is replaced,
 * so it suits what lives shorter than a key.
 * @throws DrawbridgeError `encryption_key_invalid` when a key is not 32 bytes long
 */
export function createSealer(keys: SealingKeys, random: RandomSource): Sealer {
  const currentId = keyId(keys.current);
  const byId = new Map([keys.current, ...keys.previous].map((key) => [keyId(key), key]));
  const macKey = Buffer.from(
    hkdfSync('sha256', keys.current, Buffer.alloc(0), 'drawbridge sealer mac v1', keyBytes),
  );

  return {
    seal(plain, context) {
      const nonce = random.bytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', keys.current, nonce);
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([
        nonce,
        cipher.update(plain),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `v1.${currentId}.${body.toString('base64url')}`;
    },

    open(sealed, context) {
      const { id, body } = parse(sealed);
      const key = byId.get(id);
      if (key === undefined) throw invalid('it was sealed under a key that is not configured');
      const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(body.subarray(-tagBytes));
      try {
        return Buffer.concat([
          decipher.update(body.subarray(nonceBytes, -tagBytes)),
          decipher.final(),
        ]);
      } catch (cause) {
        throw invalid('it was altered or belongs elsewhere', cause);
      }
    },

    needsResealing: (sealed) => parse(sealed).id !== currentId,

    mac: (value, context) =>
      // The length in front keeps ("a", "bc") and ("ab", "c") apart.
      createHmac('sha256', macKey)
        .update(`${Buffer.byteLength(context)}:${context}${value}`)
        .digest('base64url'),
  };
}

function keyId(key: Buffer): string {
  if (key.length !== keyBytes) {
    throw new DrawbridgeError(
      'encryption_key_invalid',
      `an encryption key has ${keyBytes} bytes, this one ${key.length}`,
    );
  }
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

function parse(sealed: string): { id: string; body: Buffer } {
  const match = /^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/.exec(sealed);
  const body = Buffer.from(match?.[2] ?? '', 'base64url');
  if (match?.[1] === undefined || body.length < nonceBytes + tagBytes) {
    throw invalid('it is not in the sealed form');
  }
  return { id: match[1], body };
}

function invalid(why: string, cause?: unknown): DrawbridgeError {
  return new DrawbridgeError('sealed_value_invalid', `a sealed value cannot be opened: ${why}`, {
    cause,
  });
}
