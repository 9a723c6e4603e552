import { failure, success } from '../../kernel/result.js';
import { field, type FieldFailure } from '../field.js';
import { list } from '../fields.js';

const remedy = 'Make one with: openssl rand -base64 32';

export const encryptionKeyField = field(
  {
    description:
      'Protects one-time-code secrets and signing keys in the database. 32 random bytes in base64.',
    format: '32 bytes in base64',
    example: '${DRAWBRIDGE_ENCRYPTION_KEY}',
    secret: true,
  },
  readEncryptionKey,
);

export const previousKeysField = list(
  {
    description: 'Earlier values of encryption_key, so that what they protect stays readable.',
    format: 'list of 32 bytes in base64',
    secret: true,
  },
  readEncryptionKey,
);

/** Base64, also in its URL alphabet and without padding. */
export function readEncryptionKey(
  written: unknown,
): { ok: true; value: Buffer } | { ok: false; failure: FieldFailure } {
  if (typeof written !== 'string' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(written.trim())) {
    return failure({ problem: 'must be base64', remedy });
  }
  const key = Buffer.from(written.trim(), 'base64');
  return key.length === 32
    ? success(key)
    : failure({ problem: `must be 32 bytes; it is ${key.length}`, remedy });
}
