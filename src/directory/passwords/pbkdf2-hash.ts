import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { UnusableHash } from './unusable-hash.js';

export interface Pbkdf2Hash {
  scheme: 'pbkdf2';
  digest: 'sha256' | 'sha512';
  iterations: number;
  salt: Buffer;
  key: Buffer;
}

const mostIterations = 2_000_000;
const fewestIterations = 1_000;

const pattern =
  /^\$pbkdf2-(sha256|sha512)\$([a-z0-9=,]{1,40})\$([A-Za-z0-9+/.]{1,172})={0,2}\$([A-Za-z0-9+/.]{1,172})={0,2}$/;

const derive = promisify(pbkdf2);

/**
 * Reads `$pbkdf2-sha256$29000$<salt>$<key>` as passlib writes it (base64 with `.` for `+`) and
 * `$pbkdf2-sha512$i=210000,l=64$<salt>$<key>` with PHC parameters, as exports of Keycloak are commonly turned into.
 * Padding is optional. `null` when the text is neither.
 * @throws UnusableHash when its parameters cannot be read or do not fit it
 */
export function parsePbkdf2Hash(text: string): Pbkdf2Hash | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [digest, parameters, salt, key] = match.slice(1) as ['sha256', string, string, string];
  const { iterations, keyLength } = readParameters(parameters);
  const parsed = {
    scheme: 'pbkdf2',
    digest,
    iterations,
    salt: bytes(salt),
    key: bytes(key),
  } as const;
  if (parsed.salt.length < 8 || parsed.key.length < 16 || parsed.key.length > 64) {
    throw new UnusableHash('has a salt or key of unusual length (PBKDF2)');
  }
  if (keyLength !== null && keyLength !== parsed.key.length) {
    throw new UnusableHash('names another key length than its key has (PBKDF2)');
  }
  return parsed;
}

/** @throws UnusableHash */
export function assertAffordablePbkdf2({ iterations }: Pbkdf2Hash): void {
  if (iterations > mostIterations) {
    throw new UnusableHash(
      `asks for more time than is allowed (over ${mostIterations} iterations)`,
    );
  }
  if (iterations < fewestIterations) {
    throw new UnusableHash(`is too weak (under ${fewestIterations} iterations)`);
  }
}

export async function verifyPbkdf2(stored: Pbkdf2Hash, password: string): Promise<boolean> {
  const { salt, iterations, key, digest } = stored;
  return timingSafeEqual(await derive(password, salt, iterations, key.length, digest), key);
}

function readParameters(text: string): { iterations: number; keyLength: number | null } {
  if (/^\d{1,10}$/.test(text)) return { iterations: Number(text), keyLength: null };
  const match = /^i=(\d{1,10})(?:,l=(\d{1,4}))?$/.exec(text);
  if (match === null) throw new UnusableHash('has parameters that cannot be read (PBKDF2)');
  return {
    iterations: Number(match[1]),
    keyLength: match[2] === undefined ? null : Number(match[2]),
  };
}

function bytes(base64: string): Buffer {
  return Buffer.from(base64.replaceAll('.', '+'), 'base64');
}
