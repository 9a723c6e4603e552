const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 160 bits as 32 characters of Crockford's base32. */
export function activationCodeOf(bytes: Uint8Array): string {
  if (bytes.length !== 20) throw new RangeError('an activation code has 20 bytes');
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]).join('');
}

/** What a person typed or a QR code held, as the 32 characters; `null` when it is no code. */
export function readActivationCode(text: string): string | null {
  if (text.length > 200) return null;
  const code = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-\u2010-\u2015]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{32}$/.test(code) ? code : null;
}

/** For typing: groups of four. */
export const groupedActivationCode = (code: string): string =>
  (code.match(/.{1,4}/g) ?? []).join('-');

/** What the QR code says and the same phone opens. In the fragment, so that it is in no log. */
export const activationLink = (appUrl: string, code: string): string => `${appUrl}#a=${code}`;
