const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

export interface Template {
  reference?: string;
  canonicalization?: string;
  method?: string;
  transforms?: string;
  /** More references. */
  more?: string;
  digest?: string;
  /** Behind the value of the signature. */
  after?: string;
}

export const transform = (algorithm: string, content = ''): string =>
  `<ds:Transform Algorithm="${algorithm}">${content}</ds:Transform>`;

export const usualTransforms = transform(`${dsig}enveloped-signature`) + transform(exclusive);

export const inclusive = (prefixes: string): string =>
  `<ec:InclusiveNamespaces xmlns:ec="${exclusive}" PrefixList="${prefixes}"/>`;

export function reference(
  uri: string,
  transforms = usualTransforms,
  digest = 'http://www.w3.org/2001/04/xmlenc#sha256',
): string {
  return (
    `<ds:Reference URI="${uri}"><ds:Transforms>${transforms}</ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${digest}"/><ds:DigestValue></ds:DigestValue></ds:Reference>`
  );
}

/** The message with a signature to be filled in by xmlsec1. */
export function withTemplate(xml: string, template: Template = {}): string {
  const signature =
    `<ds:Signature xmlns:ds="${dsig}"><ds:SignedInfo>` +
    (template.canonicalization ?? `<ds:CanonicalizationMethod Algorithm="${exclusive}"/>`) +
    `<ds:SignatureMethod Algorithm="${template.method ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'}"/>` +
    reference(template.reference ?? '#_genuine', template.transforms, template.digest) +
    `${template.more ?? ''}</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue>${template.after ?? ''}</ds:Signature>`;
  return xml.replace('</saml:Issuer>', `</saml:Issuer>${signature}`);
}
