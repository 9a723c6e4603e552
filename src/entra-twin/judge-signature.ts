import type { FederatedDomain } from './tenant.js';
import type { SignatureJudge } from './signature-judge.js';
import type { Verdicts } from './verdict.js';
import { namespaces } from './wire-names.js';
import { attributeOf, childOf, childrenOf, everyElement, findAll, textOf } from './xml-find.js';
import type { XmlElement } from './xml-reader.js';

const { signature: dsig } = namespaces;
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const enveloped = `${dsig}enveloped-signature`;
const algorithms = [
  `${dsig}rsa-sha1`,
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
];

/**
 * The signature of an assertion: that there is one, of the shape that is agreed on, by a key that the domain has, and
 * true. `null` as domain leaves out the last two.
 */
export async function judgeSignature(
  assertion: XmlElement,
  xml: string,
  idAttribute: 'ID' | 'AssertionID',
  domain: FederatedDomain | null,
  deps: { verdicts: Verdicts; signatures: SignatureJudge },
): Promise<boolean> {
  const { verdicts } = deps;
  const found = childrenOf(assertion, dsig, 'Signature');
  const [signature] = found;
  if (
    !verdicts.expect(
      'The assertion is signed',
      signature !== undefined && found.length === 1,
      'AADSTS50008',
      found.length === 0 ? 'it has no signature of its own' : 'it has several signatures',
    ) ||
    signature === undefined
  ) {
    return false;
  }
  const fault = shapeFault(assertion, signature, idAttribute);
  if (
    !verdicts.expect(
      'The signature covers the assertion',
      fault === null,
      'AADSTS50008',
      fault ?? '',
    )
  ) {
    return false;
  }
  if (domain === null) {
    verdicts.skip('The key is one that the domain has', 'the domain is not known');
    return false;
  }
  const carried = findAll(signature, dsig, 'X509Certificate').map(({ text }) =>
    withoutBlanks(text),
  );
  const candidates = domain.signingCertificates.filter(
    (one) => carried.length === 0 || carried.includes(one),
  );
  if (
    !verdicts.expect(
      'The key is one that the domain has',
      candidates.length > 0,
      'AADSTS5000811',
      'the certificate in the signature is neither signingCertificate nor nextSigningCertificate of the domain',
    )
  ) {
    return false;
  }
  let verified = false;
  for (const certificate of candidates) {
    verified ||= await deps.signatures.verifies({ xml, signature: pathOf(signature), certificate });
  }
  return verdicts.expect(
    'The signature is true',
    verified,
    'AADSTS50008',
    'xmlsec1 finds that the signature and the content do not go together',
  );
}

function shapeFault(
  assertion: XmlElement,
  signature: XmlElement,
  idAttribute: string,
): string | null {
  const id = attributeOf(assertion, idAttribute) ?? '';
  const info = childOf(signature, dsig, 'SignedInfo');
  const references = childrenOf(info, dsig, 'Reference');
  const [reference = null] = references;
  const transforms = childrenOf(childOf(reference, dsig, 'Transforms'), dsig, 'Transform').map(
    (one) => attributeOf(one, 'Algorithm'),
  );
  const method = attributeOf(childOf(info, dsig, 'SignatureMethod'), 'Algorithm');
  if (references.length !== 1) return 'it has not exactly one Reference';
  if (id === '' || attributeOf(reference, 'URI') !== `#${id}`)
    return `its Reference is not to #${id}`;
  if (idsOf(assertion, idAttribute).filter((one) => one === id).length !== 1) {
    return `${id} is the ID of several elements`;
  }
  if (attributeOf(childOf(info, dsig, 'CanonicalizationMethod'), 'Algorithm') !== exclusive) {
    return 'it is not in exclusive canonical form';
  }
  if (transforms.join(' ') !== `${enveloped} ${exclusive}`) {
    return 'its transforms are not enveloped-signature and exclusive canonicalization';
  }
  if (!algorithms.includes(method ?? ''))
    return `it is made by ${method ?? 'no method'}, which is not RSA`;
  if (textOf(reference, dsig, 'DigestValue') === '') return 'it has no digest';
  return null;
}

function idsOf(element: XmlElement, idAttribute: string): string[] {
  let root = element;
  while (root.parent !== null) root = root.parent;
  return [...everyElement(root)].flatMap((one) => attributeOf(one, idAttribute) ?? []);
}

/** By position, so that there is no doubt which one is meant. */
function pathOf(element: XmlElement): string {
  const { parent } = element;
  if (parent === null) return '/*';
  return `${pathOf(parent)}/*[${parent.children.indexOf(element) + 1}]`;
}

export const withoutBlanks = (text: string): string => text.replaceAll(/\s/g, '');
