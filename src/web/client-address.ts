import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * The address a request comes from, for limits, network rules and audit rows. `X-Forwarded-For` is believed only as
 * far as it was written by trusted proxies: read from the right, the first hop that is not one of them is the client;
 * whatever the client itself put further left counts for nothing.
 * @param trustedProxies CIDR blocks or single addresses
 * @throws Error when one is malformed
 */
export function createClientAddress(
  trustedProxies: readonly string[],
): (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string {
  const blocks = trustedProxies.map(parseBlock);
  const trusted = (address: Address) =>
    blocks.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    );

  return (request) => {
    let address = parseAddress(request.socket.remoteAddress ?? '');
    if (address === null) return 'unknown';
    const header = request.headers['x-forwarded-for'] ?? '';
    const hops = (Array.isArray(header) ? header.join(',') : header).split(',');
    while (trusted(address)) {
      const hop = parseAddress(hops.pop() ?? '');
      if (hop === null) break;
      address = hop;
    }
    return address.toString();
  };
}

/** Does an address lie in one of the CIDR blocks? Never, when it is no address. */
export function addressIn(address: string, networks: readonly string[]): boolean {
  const parsed = parseAddress(address);
  return (
    parsed !== null &&
    networks.map(parseBlock).some(([network, bits]) => {
      return network.kind() === parsed.kind() && parsed.match(network, bits);
    })
  );
}

function parseBlock(text: string): [Address, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** An IPv4 address in IPv6 clothes is the IPv4 address; a port behind it is dropped. */
function parseAddress(text: string): Address | null {
  const bare = text
    .trim()
    .replace(/^\[([^\]]+)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  const valid = ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare);
  return valid ? ipaddr.process(bare) : null;
}
