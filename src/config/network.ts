import ipaddr from 'ipaddr.js';

/** Reads an address or a CIDR block into the text of a CIDR block; `null` for anything else. */
export function parseNetwork(text: string): string | null {
  const [address = '', length, ...more] = text.split('/');
  if (more.length > 0 || !isAddress(address)) return null;
  const parsed = ipaddr.parse(address);
  const longest = parsed.kind() === 'ipv4' ? 32 : 128;
  if (length === undefined) return `${parsed.toString()}/${longest}`;
  if (!/^\d{1,3}$/.test(length) || Number(length) > longest) return null;
  return `${parsed.toString()}/${Number(length)}`;
}

/** Only the usual spellings: `10.1` and octal parts mean different hosts to different programs. */
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}
