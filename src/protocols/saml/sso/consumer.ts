import type { AuthnRequest } from '../../../saml-core/messages.js';
import type { PartnerMetadata } from '../../../saml-core/metadata.js';
import { bindings } from '../../../saml-core/namespaces.js';

export type ChosenConsumer =
  | { ok: true; url: string }
  | { ok: false; refusal: 'request_invalid' | 'redirect_not_registered'; detail: string };

/**
 * Where the answer to a request goes (SAML 2.0 core, 3.4.1; profiles, 4.1.4.1): only ever an address that the
 * service's metadata has for the POST binding, compared byte for byte.
 */
export function chosenConsumer(
  asked: Pick<AuthnRequest, 'acsUrl' | 'acsIndex' | 'protocolBinding'>,
  metadata: Pick<PartnerMetadata, 'acs'>,
): ChosenConsumer {
  const { acsUrl, acsIndex, protocolBinding } = asked;
  if (acsIndex !== null && (acsUrl !== null || protocolBinding !== null)) {
    return { ok: false, refusal: 'request_invalid', detail: 'consumer-twice' };
  }
  if (protocolBinding !== null && protocolBinding !== bindings.post) {
    return { ok: false, refusal: 'request_invalid', detail: 'protocol-binding' };
  }
  const posted = metadata.acs.filter(
    ({ binding, url }) => binding === bindings.post && isSafe(url),
  );
  const found =
    acsUrl !== null
      ? posted.find(({ url }) => url === acsUrl)
      : acsIndex !== null
        ? posted.find(({ index }) => index === acsIndex)
        : (posted.find(({ isDefault }) => isDefault) ?? posted[0]);
  if (found !== undefined) return { ok: true, url: found.url };
  const detail = acsUrl !== null ? 'consumer-url' : acsIndex !== null ? 'consumer-index' : 'none';
  return { ok: false, refusal: 'redirect_not_registered', detail };
}

/** Whether an answer may still go where the request was promised it would. */
export function isConsumer(url: string, metadata: Pick<PartnerMetadata, 'acs'>): boolean {
  return chosenConsumer({ acsUrl: url, acsIndex: null, protocolBinding: null }, metadata).ok;
}

/** An assertion in the clear is for machines of ours only where it does not leave this one. */
function isSafe(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
