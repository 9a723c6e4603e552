import { toBase64url } from '../../../devices/wire/base64url.js';
import { signedTextHeader, type SignedTextUse } from '../../../devices/wire/signed-text-header.js';

/** ES256 over bytes: `r || s`. */
export type Sign = (data: Uint8Array<ArrayBuffer>) => Promise<Uint8Array> | Uint8Array;

/** A JWS in compact form (RFC 7515, 7.1). Two texts over one payload have the same middle. */
export async function signText(
  what: { use: SignedTextUse; profile: string; payload: object },
  sign: Sign,
): Promise<string> {
  const header = encode(signedTextHeader(what.use, what.profile));
  const start = `${header}.${encode(what.payload)}`;
  return `${start}.${toBase64url(await sign(new TextEncoder().encode(start)))}`;
}

const encode = (value: object): string =>
  toBase64url(new TextEncoder().encode(JSON.stringify(value)));
