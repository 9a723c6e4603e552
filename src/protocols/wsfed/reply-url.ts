import { isEndpointUrl } from '../../saml-core/endpoint-url.js';

/**
 * Whether a token may be posted there: over TLS, or to this machine. Looked at when settings are read and again when
 * something is sent.
 */
export function isReplyUrl(url: string): boolean {
  if (!isEndpointUrl(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
