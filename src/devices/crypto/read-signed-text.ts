import { deviceLimits } from '../limits.js';
import { fromBase64url } from '../wire/base64url.js';
import { signedTextHeader, type SignedTextUse } from '../wire/signed-text-header.js';
import { parseStrictJson } from '../wire/strict-json.js';
import { verifySignature } from './public-key.js';

/**
 * The payload of a signed text, when it has exactly the header of this use and profile and this very key made its
 * signature. `null` otherwise, whatever was wrong. Nothing in the text chooses an algorithm or a key.
 */
export function readSignedText(
  text: unknown,
  by: { use: SignedTextUse; profile: string; publicKey: Uint8Array },
): { payload: Readonly<Record<string, unknown>>; payloadText: string } | null {
  const parts = splitSignedText(text);
  if (parts === null || !isHeader(parts.header, signedTextHeader(by.use, by.profile))) return null;
  const signed = new TextEncoder().encode(`${parts.headerText}.${parts.payloadText}`);
  if (!verifySignature(by.publicKey, signed, parts.signature)) return null;
  return { payload: parts.payload, payloadText: parts.payloadText };
}

/** The profile that a request says it is of, to look its key up; proves nothing. */
export function profileClaimedIn(text: unknown): string | null {
  const profile = splitSignedText(text)?.payload['profile'];
  return typeof profile === 'string' ? profile : null;
}

interface SignedTextParts {
  headerText: string;
  payloadText: string;
  header: Readonly<Record<string, unknown>>;
  payload: Readonly<Record<string, unknown>>;
  signature: Uint8Array;
}

function splitSignedText(text: unknown): SignedTextParts | null {
  if (typeof text !== 'string' || text.length > deviceLimits.signedTextLength) return null;
  const [headerText, payloadText, signatureText, more] = text.split('.');
  if (headerText === undefined || payloadText === undefined || more !== undefined) return null;
  const header = readObject(headerText);
  const payload = readObject(payloadText);
  const signature = fromBase64url(signatureText, 64);
  if (header === null || payload === null || signature === null) return null;
  return { headerText, payloadText, header, payload, signature };
}

function readObject(text: string): Record<string, unknown> | null {
  const bytes = fromBase64url(text);
  if (bytes === null) return null;
  try {
    const value: unknown = parseStrictJson(bytes);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function isHeader(given: Readonly<Record<string, unknown>>, wanted: object): boolean {
  const members = Object.entries(wanted);
  return (
    Object.keys(given).length === members.length &&
    members.every(([name, value]) => Object.hasOwn(given, name) && given[name] === value)
  );
}
