import { decodeJwt, decodeProtectedHeader } from 'jose';
import { everyElement } from '../../entra-twin/xml-find.js';
import { readCertificate, describeCertificate } from './certificate.js';
import { readableXml } from './readable-xml.js';

/** Elements and attributes that an administrator compares, in the order in which they stand in the document. */
const shownElements: readonly string[] = [
  ...['Issuer', 'StatusCode', 'NameID', 'NameIdentifier', 'SubjectConfirmationData', 'Conditions'],
  ...['Audience', 'Attribute', 'AuthnStatement', 'AuthnContextClassRef', 'AuthenticatingAuthority'],
  ...['AuthenticationStatement', 'Response', 'Assertion', 'Address', 'SignatureMethod'],
];

/** What an answer says, without judging it. */
export function summariseXml(xml: string, now: number): string[] {
  const { root, fault } = readableXml(xml);
  if (root === null) return [`It cannot be read: ${fault}`];
  const lines =
    fault === null ? [] : [`It is not judged because of this: ${fault}. Without comments it says:`];
  for (const element of everyElement(root)) {
    if (element.name === 'X509Certificate') {
      const facts = readCertificate(element.text);
      lines.push(
        row('certificate', facts === null ? 'unreadable' : describeCertificate(facts, now)),
      );
      continue;
    }
    if (!shownElements.includes(element.name)) continue;
    const values = element.children.filter(({ name }) => name === 'AttributeValue');
    const name = element.attributes.get('Name') ?? element.attributes.get('AttributeName');
    if (element.name === 'Attribute') {
      lines.push(row(`  ${name ?? '?'}`, values.map(({ text }) => text).join(', ')));
      continue;
    }
    const attributes = [...element.attributes].map(([key, value]) => `${key}=${value}`).join(' ');
    const text = element.text.trim();
    lines.push(row(element.name, [text, attributes].filter((one) => one !== '').join('  ')));
  }
  return lines;
}

export function summariseToken(token: string): string[] {
  try {
    const all = { ...decodeProtectedHeader(token), ...decodeJwt(token) };
    return Object.entries(all).map(([name, value]) => {
      const date =
        typeof value === 'number' && ['iat', 'exp', 'nbf'].includes(name)
          ? ` (${new Date(value * 1000).toISOString()})`
          : '';
      return row(name, `${typeof value === 'string' ? value : JSON.stringify(value)}${date}`);
    });
  } catch {
    return ['It is no JWT.'];
  }
}

const row = (name: string, value: string) => `  ${name.padEnd(26)} ${value}`;
