import { inflateRawSync } from 'node:zlib';
import { ns } from '../../../saml-core/namespaces.js';
import { withXml } from '../../../saml-core/xml-document.js';
import { childrenOf, textOf } from '../../../saml-core/xml-tree.js';
import { fieldsOf, type Inbound } from './inbound.js';

/** All sessions that a verified LogoutRequest names: of several the library tells the first. */
export function sessionIndexes(inbound: Inbound): Promise<string[]> {
  const bytes = Buffer.from(fieldsOf(inbound)['SAMLRequest'] ?? '', 'base64');
  const xml = inbound.binding === 'post' ? bytes : inflateRawSync(bytes);
  return withXml(xml.toString('utf8'), ({ tree }) =>
    childrenOf(tree, ns.protocol, 'SessionIndex').map(textOf),
  );
}
