import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { X509Certificate, createPublicKey } from 'node:crypto';
import { signatureTemplate, keyIdentifier, signByXmlsec1, uuid } from './saml-request.js';
import type { Surroundings } from './tenant.js';
import { entra, namespaces } from './wire-names.js';

/** A key of the twin, with a certificate of its own: both PEM. */
export interface TwinKey {
  privateKey: string;
  certificate: string;
}

/** What Microsoft publishes, with the twin's keys in it, for a server that is told to read it here. */
export interface MicrosoftFace {
  /** `http://127.0.0.1:port`, in the place of `https://login.microsoftonline.com`. */
  authority: string;
  samlMetadataUrl: string;
  hintKid: string;
  close(): Promise<void>;
}

/** Listens on this machine only. @throws Xmlsec1Missing */
export async function startMicrosoftFace(
  key: TwinKey,
  { bytes }: Surroundings,
  port = 0,
): Promise<MicrosoftFace> {
  const hintKid = keyIdentifier(key.certificate);
  const metadata = await samlMetadata(key, `_${uuid(bytes)}`);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    const tenant = /^\/([\w.-]+)\/v2\.0\/\.well-known\/openid-configuration$/.exec(path)?.[1];
    const { port: actual } = server.address() as AddressInfo;
    const authority = `http://127.0.0.1:${actual}`;
    if (path === samlPath) return answer(metadata, 'application/samlmetadata+xml');
    if (path === keysPath) return answer(JSON.stringify(keySet(key, hintKid)), 'application/json');
    if (tenant !== undefined) {
      const issuer = `${authority}/${tenant === 'common' ? '{tenantid}' : tenant}/v2.0`;
      const document = {
        issuer,
        jwks_uri: authority + keysPath,
        authorization_endpoint: `${authority}/${tenant}/oauth2/v2.0/authorize`,
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['id_token'],
        subject_types_supported: ['pairwise'],
      };
      return answer(JSON.stringify(document), 'application/json');
    }
    response.writeHead(404).end();
    function answer(body: string, type: string): void {
      response
        .writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
        .end(body);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const authority = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    authority,
    samlMetadataUrl: authority + samlPath,
    hintKid,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const samlPath = '/federationmetadata/saml20/federationmetadata.xml';
const keysPath = '/common/discovery/v2.0/keys';

/** As Microsoft's own: signed with SHA-1 by a key that is in it. */
export async function samlMetadata(key: TwinKey, id: string): Promise<string> {
  const certificate = certificateText(key.certificate);
  const keyInfo = `<KeyInfo xmlns="${namespaces.signature}"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo>`;
  const template = signatureTemplate(id, keyIdentifier(key.certificate)).replace(
    /<KeyInfo>.*<\/KeyInfo>/,
    keyInfo.replace(` xmlns="${namespaces.signature}"`, ''),
  );
  const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
  const document =
    `<EntityDescriptor ID="${id}" entityID="${entra.audience}" xmlns="${namespaces.metadata}">${template}` +
    `<SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="${namespaces.protocol}">` +
    `<KeyDescriptor use="signing">${keyInfo}</KeyDescriptor>` +
    `<SingleLogoutService Binding="${post}" Location="${entra.loginUrl}"/>` +
    '<NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat>' +
    `<AssertionConsumerService isDefault="true" index="0" Binding="${post}" Location="${entra.loginUrl}"/>` +
    '</SPSSODescriptor></EntityDescriptor>';
  return signByXmlsec1(document, key.privateKey, `${namespaces.metadata}:EntityDescriptor`);
}

export const certificateText = (pem: string): string =>
  new X509Certificate(pem).raw.toString('base64');

function keySet(key: TwinKey, kid: string): { keys: object[] } {
  const jwk = createPublicKey(key.certificate).export({ format: 'jwk' });
  return { keys: [{ ...jwk, kid, use: 'sig', x5c: [certificateText(key.certificate)] }] };
}
