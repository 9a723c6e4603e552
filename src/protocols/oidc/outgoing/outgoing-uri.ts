import { loopbackHosts } from '../loopback-hosts.js';

/** What is wrong with an address that we would call ourselves, or `null`: https only, off this machine. */
export function faultOfOutgoingUri(uri: string): string | null {
  let url: URL;
  try {
    url = new URL(uri);
  } catch {
    return 'must be an absolute address';
  }
  if (uri.includes('#')) return 'must not have a fragment';
  if (url.username !== '' || url.password !== '') return 'must not carry credentials';
  if (url.protocol === 'https:') return null;
  return url.protocol === 'http:' && loopbackHosts.has(url.hostname)
    ? null
    : 'must be https (plain http only on 127.0.0.1, [::1] and localhost)';
}
