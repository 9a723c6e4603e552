import type { PartnerMetadata } from '../../../saml-core/metadata.js';
import { bindings } from '../../../saml-core/namespaces.js';
import type { Fault } from './fault.js';

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

const isLoopback = (url: URL): boolean => loopback.test(url.hostname);

/** An address of a partner is used over https, or over plain http where it never leaves the machine. */
export function isUsableAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/** What is wrong with the address that metadata is fetched from, or `null`. */
export function faultOfMetadataUrl(address: string): string | null {
  if (!URL.canParse(address)) return 'must be an absolute URL';
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or password';
  if (url.hash !== '') return 'must not have a fragment';
  if (isUsableAddress(address)) return null;
  return 'must be https (plain http only on 127.0.0.1, [::1] and localhost)';
}

/** Looked at when metadata is accepted and again whenever it is put in force. */
export function endpointFaults(metadata: PartnerMetadata): Fault[] {
  const faults = addressesOf(metadata)
    .filter((address) => !isUsableAddress(address))
    .map((address) => ({
      problem: `names the address ${address}, to which nothing is sent`,
      remedy: 'Addresses must be https, or http on 127.0.0.1, [::1] or localhost.',
    }));
  if (!metadata.acs.some(({ binding }) => binding === bindings.post)) {
    faults.push({
      problem: 'names no AssertionConsumerService with the HTTP-POST binding',
      remedy: 'Switch that binding on in the service and get its metadata again.',
    });
  }
  return faults;
}

function addressesOf({ acs, slo }: PartnerMetadata): string[] {
  return [...acs, ...slo.flatMap(({ url, responseUrl }) => [{ url }, { url: responseUrl ?? url }])]
    .map(({ url }) => url)
    .filter((url, at, all) => all.indexOf(url) === at);
}
