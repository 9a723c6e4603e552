/** Scheme, two slashes, a host without wildcards: what a URL parser has to mend is refused, not mended. */
const plain = /^https?:\/\/[^/?*@]+(?:[/?]|$)/i;

/** Characters of RFC 3986 but `#`: an answer behind a fragment would never reach its receiver. */
const characters = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+$/;

/** Whether a browser can be sent there: never `javascript:` or `data:`, and as it stands in header, form and policy. */
export function isEndpointUrl(value: string): boolean {
  return plain.test(value) && characters.test(value) && URL.canParse(value);
}
