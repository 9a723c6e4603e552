import { pushLimits } from './push-limits.js';

/**
 * Is this an address that a phone may have us post to? Only https, without port or user, at a service on the list, and written as
 * browsers write it (WHATWG URL, serialised): nobody who reads it anew can take it for another one.
 */
export function isPushEndpoint(endpoint: unknown, services: readonly string[]): endpoint is string {
  if (typeof endpoint !== 'string' || endpoint.length > pushLimits.endpointLength) return false;
  const url = URL.parse === undefined ? parsed(endpoint) : URL.parse(endpoint);
  return (
    url !== null &&
    url.href === endpoint &&
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    services.some((service) => isHost(url.hostname, service))
  );
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** `*.example` stands for every name below `example`, and not for itself. */
function isHost(host: string, service: string): boolean {
  const wanted = service.toLowerCase();
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted;
}
