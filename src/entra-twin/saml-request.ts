import { createHash, createPublicKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostedForm } from './posted-form.js';
import type { Surroundings } from './tenant.js';
import { entra } from './wire-names.js';
import { xmlsec1 } from './xmlsec1.js';

/**
 * The forms in which Entra's request was recorded: of 2016 with an index, since 2021 minimal, since 2024 as XML without any
 * address, and signed with a key that is named by its identifier alone.
 */
export const samlRequestForms = [
  'indexed-2016',
  'minimal-2021',
  'unsigned-2024',
  'signed-2024',
] as const;
export type SamlRequestForm = (typeof samlRequestForms)[number];

export interface SamlRequest {
  form: PostedForm;
  id: string;
  relayState: string;
}

export interface SamlRequestChoices {
  form: SamlRequestForm;
  passiveSignInUri: string;
  /** Two factors; not recorded, so as Entra would have to say it. */
  multiFactor: boolean;
  /** A new sign-in; the same. */
  fresh: boolean;
  /** Signs the signed form: PEM. */
  key: { privateKey: string; certificate: string } | null;
}

/** What Entra's page has a browser post. @throws Xmlsec1Missing for the signed form */
export async function samlRequest(
  choices: SamlRequestChoices,
  { now, bytes }: Surroundings,
): Promise<SamlRequest> {
  const id = `_${uuid(bytes)}`;
  const relayState = `estsredirect=2&estsrequest=${bytes(96).toString('base64url')}`;
  const signed = choices.form === 'signed-2024';
  const unsigned = document(choices, id, new Date(now()).toISOString());
  const xml = signed ? await sign(unsigned, id, choices.key) : unsigned;
  const fields = [
    ['SAMLRequest', Buffer.from(xml).toString('base64')],
    ['RelayState', relayState],
  ] as const;
  return { form: { action: choices.passiveSignInUri, fields }, id, relayState };
}

function document(choices: SamlRequestChoices, id: string, issueInstant: string): string {
  const attributes = [
    `ID="${id}" Version="2.0" IssueInstant="${issueInstant}"`,
    choices.form === 'signed-2024' ? `Destination="${escapeXml(choices.passiveSignInUri)}"` : '',
    choices.fresh ? 'ForceAuthn="true"' : '',
    choices.form === 'indexed-2016' ? 'AssertionConsumerServiceIndex="0"' : '',
  ];
  const context = choices.multiFactor
    ? `<samlp:RequestedAuthnContext><AuthnContextClassRef xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${entra.multipleAuthentication}</AuthnContextClassRef></samlp:RequestedAuthnContext>`
    : '';
  return (
    `<samlp:AuthnRequest ${attributes.filter((one) => one !== '').join(' ')} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">` +
    `<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${entra.audience}</Issuer>` +
    `<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"/>${context}</samlp:AuthnRequest>`
  );
}

async function sign(xml: string, id: string, key: SamlRequestChoices['key']): Promise<string> {
  if (key === null) throw new Error('the signed form needs a key');
  const template = xml.replace(
    '</Issuer>',
    `</Issuer>${signatureTemplate(id, keyIdentifier(key.certificate))}`,
  );
  return signByXmlsec1(
    template,
    key.privateKey,
    'urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest',
  );
}

/** Fills the template in a document. @throws Xmlsec1Missing */
export async function signByXmlsec1(
  template: string,
  privateKey: string,
  element: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'entra-twin-'));
  try {
    const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'template.xml')];
    await writeFile(keyFile, privateKey, { mode: 0o600 });
    await writeFile(file, template);
    const signed = await xmlsec1([
      '--sign',
      '--privkey-pem',
      keyFile,
      '--id-attr:ID',
      element,
      file,
    ]);
    if (!signed.ok) throw new Error(`xmlsec1 does not sign: ${signed.complaints}`);
    return signed.output
      .replace(/^<\?xml[^>]*\?>\s*/, '')
      .replace(
        /(<SignatureValue>)([^<]*)/,
        (_, tag: string, value: string) => tag + value.replaceAll('\n', ''),
      )
      .trimEnd();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As recorded: SHA-1, and no certificate. */
export function signatureTemplate(id: string, identifier: string): string {
  const dsig = 'http://www.w3.org/2000/09/xmldsig#';
  const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
  return (
    `<Signature xmlns="${dsig}"><SignedInfo><CanonicalizationMethod Algorithm="${exclusive}"/>` +
    `<SignatureMethod Algorithm="${dsig}rsa-sha1"/><Reference URI="#${id}"><Transforms>` +
    `<Transform Algorithm="${dsig}enveloped-signature"/><Transform Algorithm="${exclusive}"/></Transforms>` +
    `<DigestMethod Algorithm="${dsig}sha1"/><DigestValue></DigestValue></Reference></SignedInfo>` +
    `<SignatureValue></SignatureValue><KeyInfo><ds:X509Data xmlns:ds="${dsig}"><ds:X509SKI>${identifier}</ds:X509SKI>` +
    `</ds:X509Data><ds:KeyName xmlns:ds="${dsig}">MicrosoftOnline</ds:KeyName></KeyInfo></Signature>`
  );
}

/** SHA-1 over the public key's bit string (RFC 5280, 4.2.1.2, method 1), which is also what the extension holds. */
export function keyIdentifier(certificate: string): string {
  const publicKey = createPublicKey(certificate);
  const pkcs1 = publicKey.export({ type: 'pkcs1', format: 'der' });
  return createHash('sha1').update(pkcs1).digest('base64');
}

export function uuid(bytes: Surroundings['bytes']): string {
  const hex = bytes(16).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
