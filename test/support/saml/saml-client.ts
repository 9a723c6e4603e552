import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { SAML, type Profile, type SamlConfig } from '@node-saml/node-saml';
import { formOf, type Visit } from '../browser.js';
import { consumerOf, entityIdOf } from './saml-party.js';

/** A service provider as a real library sees things. */
export class SamlClient {
  readonly id: string;
  readonly url: string;
  readonly saml: SAML;

  constructor(id: string, url: string, idpCert: string, options: Partial<SamlConfig> = {}) {
    this.id = id;
    this.url = url;
    this.saml = new SAML({
      callbackUrl: consumerOf(id),
      entryPoint: `${url}/saml/sso`,
      issuer: entityIdOf(id),
      audience: entityIdOf(id),
      idpIssuer: url,
      idpCert,
      wantAssertionsSigned: true,
      wantAuthnResponseSigned: true,
      signatureAlgorithm: 'sha256',
      digestAlgorithm: 'sha256',
      identifierFormat: null,
      disableRequestedAuthnContext: true,
      validateInResponseTo: 'always' as never,
      acceptedClockSkewMs: 0,
      ...options,
    });
  }

  /** Our metadata names the certificate that it trusts. */
  static async discover(
    id: string,
    url: string,
    options: Partial<SamlConfig> = {},
  ): Promise<SamlClient> {
    const path = new URL(options.entryPoint ?? `${url}/saml/sso`).pathname;
    const certificate = await certificateOf(url, path.replace(/sso$/, 'metadata'));
    return new SamlClient(id, url, certificate, options);
  }

  /** Where a browser is sent to sign in. */
  requestUrl(relayState = ''): Promise<string> {
    return this.saml.getAuthorizeUrlAsync(relayState, undefined, {});
  }

  /** The same with a request that was changed on its way; it must not be signed. */
  async requestUrlWith(change: (xml: string) => string): Promise<string> {
    const url = new URL(await this.requestUrl());
    const message = Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64');
    const changed = deflateRawSync(change(inflateRawSync(message).toString()));
    url.searchParams.set('SAMLRequest', changed.toString('base64'));
    return url.href;
  }

  /** What a browser posts to sign in. */
  async requestForm(): Promise<Record<string, string>> {
    const message = await this.saml.getAuthorizeMessageAsync('', undefined);
    return Object.fromEntries(
      Object.entries(message).map(([name, value]) => [name, String(value)]),
    );
  }

  /** What the page posts to the service, as it understands it. */
  async receive(page: Visit): Promise<{ profile: Profile; relayState: string | undefined }> {
    const { action, hidden } = formOf(page);
    if (action !== this.saml.options.callbackUrl) throw new Error(`posted to ${action}`);
    const { profile } = await this.saml.validatePostResponseAsync(hidden);
    if (profile === null) throw new Error('no profile');
    return { profile, relayState: hidden['RelayState'] };
  }
}

/** The certificate in our metadata that signs. */
export async function certificateOf(url: string, path = '/saml/metadata'): Promise<string> {
  const metadata = await (await fetch(url + path)).text();
  const found = /<ds:X509Certificate>([^<]+)</.exec(
    metadata.slice(metadata.indexOf('IDPSSODescriptor')),
  );
  return found?.[1] ?? '';
}

/** The document that a page posts. */
export function postedXml(page: Visit): string {
  const { hidden } = formOf(page);
  return Buffer.from(hidden['SAMLResponse'] ?? '', 'base64').toString();
}

/** Its status codes without their common prefix, the most general one first. */
export function statusOf(page: Visit): string[] {
  const codes = postedXml(page).matchAll(
    /StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:(\w+)"/g,
  );
  return [...codes].map(([, code]) => code ?? '');
}
