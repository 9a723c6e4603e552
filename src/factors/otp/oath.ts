import { timingSafeEqual } from 'node:crypto';
import { HOTP, Secret, TOTP, URI } from 'otpauth';

/** The only place that touches `otpauth`: arithmetic of RFC 4226 and 6238, without memory or policy. */

/** How a credential turns a counter into a code. */
export interface OathParameters {
  algorithm: string;
  digits: number;
}

/** What every authenticator app understands, and what is enrolled: RFC 6238 with SHA-1, 6 digits, 30 seconds. */
export const enrolledParameters = { algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** The code for a counter (RFC 4226 section 5.3); with TOTP the counter is the time step. */
export function codeAt(secret: Buffer, counter: number, parameters: OathParameters): string {
  const { algorithm, digits } = parameters;
  return HOTP.generate({ secret: asSecret(secret), counter, algorithm, digits });
}

/** Compares in constant time. Codes of another length are never right. */
export function isCodeAt(
  secret: Buffer,
  counter: number,
  parameters: OathParameters,
  code: string,
): boolean {
  if (counter < 0) return false;
  const right = Buffer.from(codeAt(secret, counter, parameters));
  const given = Buffer.from(code);
  return right.length === given.length && timingSafeEqual(right, given);
}

/** Time step of RFC 6238 section 4.2 with T0 = 0. */
export const stepAt = (now: number, periodSeconds: number): number =>
  Math.floor(now / 1000 / periodSeconds);

/** RFC 4648 base32 without padding. */
export const toBase32 = (secret: Buffer): string => asSecret(secret).base32;

/** @throws TypeError on characters outside the alphabet; spaces, case and padding do not matter */
export const fromBase32 = (text: string): Buffer => Buffer.from(Secret.fromBase32(text).bytes);

/** `otpauth://totp/…`, which authenticator apps read from a QR code. */
export function otpauthUri(secret: Buffer, issuerName: string, accountName: string): string {
  const plain = (text: string) => text.replaceAll(':', ' ');
  return new TOTP({
    issuer: plain(issuerName),
    label: plain(accountName),
    secret: asSecret(secret),
    ...enrolledParameters,
  }).toString();
}

/**
 * Reads `otpauth://totp/…` and `otpauth://hotp/…` as apps and devices are set up with.
 * @returns `null` when it is neither, or nothing that codes can be made with
 */
export function readOtpauthUri(
  uri: string,
):
  | ({ kind: 'totp' | 'hotp'; secret: Buffer; period: number; counter: number } & OathParameters)
  | null {
  let read: HOTP | TOTP;
  try {
    read = URI.parse(uri);
  } catch {
    return null;
  }
  const { algorithm, digits } = read;
  const given = { secret: Buffer.from(read.secret.bytes), algorithm, digits };
  return read instanceof TOTP
    ? { kind: 'totp', ...given, period: read.period, counter: 0 }
    : { kind: 'hotp', ...given, period: enrolledParameters.period, counter: read.counter };
}

// A copy: a small Buffer shares its memory with others.
const asSecret = (bytes: Buffer): Secret => new Secret({ buffer: new Uint8Array(bytes).buffer });
