import type { FederationFacts } from './federation-facts.js';
import { domainOf } from './tenant.js';
import type { Verdicts } from './verdict.js';
import { namespaces } from './wire-names.js';
import { attributeOf, childrenOf } from './xml-find.js';
import type { XmlElement } from './xml-reader.js';

const { assertion: ns } = namespaces;
const emailClaim = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress';

/** Somebody else's tenant, where people of ours are guests (`samlOrWsFedExternalDomainFederation`). */
export const isGuestAudience = (audience: string): boolean =>
  /^https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}\/$/i.test(audience);

/** A guest is known by mail alone, and it has to be of a domain that the tenant trusts this issuer with. */
export function judgeGuest(
  assertion: XmlElement,
  facts: FederationFacts,
  verdicts: Verdicts,
): void {
  const mails = childrenOf(assertion, ns, 'AttributeStatement')
    .flatMap((one) => childrenOf(one, ns, 'Attribute'))
    .filter((one) => attributeOf(one, 'Name') === emailClaim)
    .flatMap((one) => childrenOf(one, ns, 'AttributeValue'))
    .map(({ text }) => text);
  const [mail = ''] = mails;
  const names = facts.domains.map(({ name }) => name.toLowerCase());
  verdicts.expect(
    'The mail claim of a guest is there and of the domain',
    mails.length === 1 && names.includes(domainOf(mail)),
    'AADSTS5000819',
    mails.length === 1 ? `${mail} is not of ${names.join(', ')}` : `${emailClaim} is missing`,
  );
}
