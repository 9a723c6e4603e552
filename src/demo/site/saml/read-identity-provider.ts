import type { ServiceFetch } from '../fetch-trusting.js';
import { bindings, ns } from '../../../saml-core/namespaces.js';
import { withXml } from '../../../saml-core/xml-document.js';
import { attributeOf, childOf, childrenOf, is, textOf } from '../../../saml-core/xml-tree.js';
import { withDescendants, type XmlTree } from '../../../saml-core/xml-tree.js';

/** What a service needs to know about who signs its people in. */
export interface IdentityProvider {
  entityId: string;
  /** Base64; several while keys are changed. */
  certificates: string[];
  signOn: string;
  logout: string;
}

/** Reads Drawbridge's metadata. It comes from this computer, so its signature is not looked at. */
export async function readIdentityProvider(
  url: string,
  fetch: ServiceFetch,
): Promise<IdentityProvider> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`no metadata: ${response.status}`);
  return withXml(await response.text(), ({ tree }) => {
    const role = childOf(tree, ns.metadata, 'IDPSSODescriptor');
    if (role === null) throw new Error('metadata of no identity provider');
    return {
      entityId: attributeOf(tree, 'entityID') ?? '',
      certificates: childrenOf(role, ns.metadata, 'KeyDescriptor')
        .filter((key) => attributeOf(key, 'use') !== 'encryption')
        .flatMap(certificatesIn),
      signOn: locationOf(role, 'SingleSignOnService'),
      logout: locationOf(role, 'SingleLogoutService'),
    };
  });
}

function certificatesIn(key: XmlTree): string[] {
  return [...withDescendants(key)]
    .filter((element) => is(element, ns.signature, 'X509Certificate'))
    .map(textOf);
}

function locationOf(role: XmlTree, service: string): string {
  const found = childrenOf(role, ns.metadata, service).find(
    (one) => attributeOf(one, 'Binding') === bindings.redirect,
  );
  const location = found === undefined ? null : attributeOf(found, 'Location');
  if (location === null) throw new Error(`no ${service} in the metadata`);
  return location;
}
