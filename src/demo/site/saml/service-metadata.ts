import { bindings, ns } from '../../../saml-core/namespaces.js';
import { persistent, type SamlAddresses } from '../../saml-demo-service.js';
import { markup } from '../markup.js';

/** What the service says about itself (SAML 2.0 metadata, 2.4.4). */
export function serviceMetadata(addresses: SamlAddresses, certificate: string): string {
  const { entityId, consumer, logout } = addresses;
  const base64 = certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<EntityDescriptor xmlns="${ns.metadata}" xmlns:ds="${ns.signature}" entityID="${entityId}">
  <SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="${ns.protocol}">
    <KeyDescriptor use="signing">
      <ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
    </KeyDescriptor>
    <SingleLogoutService Binding="${bindings.redirect}" Location="${logout}"/>
    <SingleLogoutService Binding="${bindings.post}" Location="${logout}"/>
    <NameIDFormat>${persistent}</NameIDFormat>
    <AssertionConsumerService Binding="${bindings.post}" Location="${consumer}" index="0" isDefault="true"/>
  </SPSSODescriptor>
</EntityDescriptor>
`.html;
}
