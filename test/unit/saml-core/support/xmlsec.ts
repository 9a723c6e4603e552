import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestKey } from './key-pairs.js';

const idAttributes = [
  'urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest',
  'urn:oasis:names:tc:SAML:2.0:protocol:LogoutRequest',
  'urn:oasis:names:tc:SAML:2.0:protocol:LogoutResponse',
  'urn:oasis:names:tc:SAML:2.0:protocol:Response',
  'urn:oasis:names:tc:SAML:2.0:assertion:Assertion',
  'urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor',
  'urn:oasis:names:tc:SAML:2.0:metadata:EntitiesDescriptor',
].flatMap((name) => ['--id-attr:ID', name]);

function inFolder<Result>(work: (path: (name: string) => string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'saml-xmlsec-'));
  try {
    return work((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Throws unless xmlsec1 verifies the signature at `node` (an XPath) with this certificate. */
export function xmlsecVerify(
  xml: string,
  key: { certificate: string },
  node = "/*/*[local-name()='Signature']",
): void {
  inFolder((path) => {
    writeFileSync(path('in.xml'), xml);
    writeFileSync(path('cert.pem'), key.certificate);
    run('xmlsec1', [
      ...['--verify', '--trusted-pem', path('cert.pem'), '--pubkey-cert-pem', path('cert.pem')],
      ...idAttributes,
      ...['--enabled-key-data', 'key-name,rsa,ec', '--node-xpath', node, path('in.xml')],
    ]);
  });
}

/** Signs a document that holds a signature template. */
export function xmlsecSign(template: string, key: TestKey): string {
  return inFolder((path) => {
    writeFileSync(path('in.xml'), template);
    writeFileSync(path('key.pem'), key.pem);
    const out = run('xmlsec1', [
      ...['--sign', '--privkey-pem', path('key.pem'), ...idAttributes],
      path('in.xml'),
    ]);
    return out.replace(/^<\?xml[^>]*\?>\s*/, '').trimEnd();
  });
}

/** What xmlsec1 makes of an encrypted document. */
export function xmlsecDecrypt(xml: string, key: TestKey): string {
  return inFolder((path) => {
    writeFileSync(path('in.xml'), xml);
    writeFileSync(path('key.pem'), key.pem);
    return run('xmlsec1', ['--decrypt', '--privkey-pem', path('key.pem'), path('in.xml')]);
  });
}

/** Exclusive canonical form by the command-line tool of libxml2. */
export function xmllintCanonical(xml: string): string {
  return inFolder((path) => {
    writeFileSync(path('in.xml'), xml);
    return run('xmllint', ['--nonet', '--exc-c14n', path('in.xml')]);
  });
}

/** Throws unless valid by the schema in `schemaFile`. */
export function xmllintValid(xml: string, schemaFile: string): void {
  inFolder((path) => {
    writeFileSync(path('in.xml'), xml);
    run('xmllint', ['--nonet', '--noout', '--schema', schemaFile, path('in.xml')]);
  });
}

/** Fills the encryption template with `data` as it stands, for the holder of the certificate. */
export function xmlsecEncrypt(
  template: string,
  data: string,
  certificate: string,
  sessionKey = 'aes-256',
): string {
  return inFolder((path) => {
    writeFileSync(path('template.xml'), template);
    writeFileSync(path('data.xml'), data);
    writeFileSync(path('cert.pem'), certificate);
    const out = run('xmlsec1', [
      ...['--encrypt', '--trusted-pem', path('cert.pem'), '--pubkey-cert-pem', path('cert.pem')],
      ...['--session-key', sessionKey, '--binary-data', path('data.xml'), path('template.xml')],
    ]);
    return out.replace(/^<\?xml[^>]*\?>\s*/, '').trimEnd();
  });
}
