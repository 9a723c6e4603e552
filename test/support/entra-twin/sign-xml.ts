import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bare, type MadeKey } from './test-key.js';

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

export const template = (id: string, key: MadeKey): string =>
  `<ds:Signature xmlns:ds="${dsig}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${exclusive}"/>` +
  `<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#${id}">` +
  `<ds:Transforms><ds:Transform Algorithm="${dsig}enveloped-signature"/><ds:Transform Algorithm="${exclusive}"/></ds:Transforms>` +
  `<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue></ds:DigestValue></ds:Reference>` +
  `</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>` +
  `${bare(key.certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`;

/** Fills the first signature template of a document. */
export async function signXml(document: string, key: MadeKey): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'entra-twin-sign-'));
  try {
    await writeFile(join(folder, 'key.pem'), key.privateKey);
    await writeFile(join(folder, 'in.xml'), document);
    const { stdout } = await promisify(execFile)('xmlsec1', [
      ...['--sign', '--privkey-pem', join(folder, 'key.pem')],
      ...['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:assertion:Assertion'],
      ...['--id-attr:AssertionID', 'urn:oasis:names:tc:SAML:1.0:assertion:Assertion'],
      join(folder, 'in.xml'),
    ]);
    return stdout.replace(/^<\?xml[^>]*\?>\s*/, '').trimEnd();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Takes the signature of the assertion out of a document, changes what is left, and signs it again: what a provider with
 * that fault would send.
 */
export async function changeSigned(
  xml: string,
  change: (xml: string) => string,
  key: MadeKey,
): Promise<string> {
  const unsigned = xml.replaceAll(/<(\w+:)?Signature\b[\s\S]*?<\/(\w+:)?Signature>/g, '');
  const changed = change(unsigned);
  if (changed === unsigned) throw new Error('nothing was changed');
  const id = /<(?:\w+:)?Assertion\b[^>]*?\s(?:Assertion)?ID="([^"]+)"/.exec(changed)?.[1] ?? '';
  const isSaml11 = changed.includes(' AssertionID="');
  const place = isSaml11
    ? /(?=<\/(?:\w+:)?Assertion>)/
    : /(?<=<(?:\w+:)?Assertion\b[^>]*>\s*<(?:\w+:)?Issuer\b[^>]*>[^<]*<\/(?:\w+:)?Issuer>)/;
  return signXml(changed.replace(place, template(id, key)), key);
}
