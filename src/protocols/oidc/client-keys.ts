import { z } from 'zod';

/** Public keys of a service (RFC 7517). Symmetric keys are not keys that two sides could hold apart. */
export const keySet = z.strictObject({
  keys: z
    .array(z.looseObject({ kty: z.enum(['EC', 'RSA']) }))
    .min(1)
    .max(20),
});

/** What is wrong with a key set, or `null`. */
export function faultOfKeySet({ keys }: z.infer<typeof keySet>): string | null {
  for (const key of keys) {
    if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member))) {
      return 'holds a private key: replace it, it is no secret any more, and give its public part';
    }
    if (key.kty === 'EC' && key['crv'] !== 'P-256') return 'EC keys must be on P-256';
    if (key.kty === 'RSA' && modulusBits(key['n']) < 2048) {
      return 'RSA keys must have at least 2048 bits';
    }
  }
  return null;
}

function modulusBits(modulus: unknown): number {
  if (typeof modulus !== 'string') return 0;
  const bytes = Buffer.from(modulus, 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24;
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
