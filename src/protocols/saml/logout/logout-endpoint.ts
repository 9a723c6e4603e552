import type { BrowserVisit } from '../../../logout/browser-visit.js';
import type { PartnerMetadata } from '../../../saml-core/metadata.js';
import { bindings } from '../../../saml-core/namespaces.js';
import type { SamlSigningKey } from '../../../saml-core/outgoing.js';
import { postFields, redirectUrl, type MessageParameter } from '../../../saml-core/redirect-url.js';

export type Binding = keyof typeof bindings;

export interface LogoutEndpoint {
  binding: Binding;
  url: string;
}

/** Where a service takes logout requests: by Redirect where it can, which every browser follows without a page. */
export function requestEndpoint({ slo }: Pick<PartnerMetadata, 'slo'>): LogoutEndpoint | null {
  return endpointBy('redirect', slo) ?? endpointBy('post', slo);
}

/**
 * Where a service takes the answer to its request (SAML 2.0 metadata, 2.2.2): by the binding that it used itself, where
 * its metadata has that.
 */
export function responseEndpoint(
  { slo }: Pick<PartnerMetadata, 'slo'>,
  used: Binding,
): LogoutEndpoint | null {
  const answers = slo.map((one) => ({ ...one, url: one.responseUrl ?? one.url }));
  return endpointBy(used, answers) ?? requestEndpoint({ slo: answers });
}

function endpointBy(
  binding: Binding,
  slo: readonly { url: string; binding: string }[],
): LogoutEndpoint | null {
  const found = slo.find((one) => one.binding === bindings[binding]);
  return found === undefined ? null : { binding, url: found.url };
}

/**
 * A signed message on its way: signed inside for POST, beside it for Redirect.
 * @param build makes the message; `null` for one whose signature goes beside it
 */
export async function carried<Message extends { xml: string }>(
  { binding, url }: LogoutEndpoint,
  parameter: MessageParameter,
  relayState: string | null,
  key: SamlSigningKey,
  build: (key: SamlSigningKey | null) => Promise<Message>,
): Promise<{ visit: BrowserVisit; message: Message }> {
  if (binding === 'redirect') {
    const message = await build(null);
    const to = await redirectUrl(url, parameter, message.xml, relayState, key);
    return { visit: { kind: 'redirect', url: to }, message };
  }
  const message = await build(key);
  const fields = postFields(parameter, message.xml, relayState);
  return { visit: { kind: 'post', action: url, fields }, message };
}
