/** What an ID token or an assertion says about a sign-in, in plain words. */

const ways: Readonly<Record<string, string>> = {
  pwd: 'a password',
  otp: 'a one-time code',
};

/** RFC 8176 references as a list to read; `mfa` only sums up the others. */
export function waysInWords(amr: readonly string[]): string {
  const named = amr.filter((one) => one !== 'mfa').map((one) => ways[one] ?? one);
  if (named.length === 0) return 'nothing was said about it';
  const all = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : named[0];
  return all ?? '';
}

const strengths: Readonly<Record<string, string>> = {
  'urn:drawbridge:acr:multi-factor': 'Two different factors',
  'https://refeds.org/profile/mfa': 'Two different factors',
  'urn:drawbridge:acr:single-factor': 'One factor',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport': 'One factor',
};

/** An authentication context class in plain words. */
export function strengthInWords(acr: string | null): string {
  if (acr === null) return 'Nothing was said about it';
  return strengths[acr] ?? acr;
}

/** @param seconds since the epoch, as in `auth_time` */
export function timeInWords(seconds: number | null): string {
  if (seconds === null) return 'Nothing was said about it';
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' });
  return format.format(seconds * 1000);
}
