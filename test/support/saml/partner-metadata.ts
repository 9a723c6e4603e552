import type { TestKey } from '../../unit/saml-core/support/key-pairs.js';
import { withTemplate, type Template } from '../../unit/saml-core/support/signature-template.js';
import { xmlsecSign } from '../../unit/saml-core/support/xmlsec.js';

const declared =
  'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

export interface EntityParts {
  id?: string;
  /** Of the document: `validUntil="…"`. */
  attributes?: string;
  acs?: string;
  binding?: string;
  role?: string;
  /** Keys by their `use`; `null` for none. */
  keys?: readonly { use: string | null; certificate: string }[];
}

/** What a service says about itself. */
export function entityXml(entityId: string, parts: EntityParts = {}): string {
  const keys = (parts.keys ?? []).map(({ use, certificate }) => {
    const der = certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    return `<md:KeyDescriptor${use === null ? '' : ` use="${use}"`}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${der}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
  });
  return (
    `<md:EntityDescriptor ${declared} ID="${parts.id ?? '_one'}" entityID="${entityId}" ${parts.attributes ?? ''}>` +
    `<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" ${parts.role ?? ''}>${keys.join('')}` +
    `<md:AssertionConsumerService Binding="${parts.binding ?? post}" Location="${parts.acs ?? 'https://sp.example/acs'}" index="0"/>` +
    '</md:SPSSODescriptor></md:EntityDescriptor>'
  );
}

export function aggregateXml(content: string, attributes: string): string {
  return `<md:EntitiesDescriptor ${declared} ID="_all" ${attributes}>${content}</md:EntitiesDescriptor>`;
}

/** Signed as publishers do: the signature stands first. */
export function signedXml(xml: string, key: TestKey, template: Template = {}): string {
  const marked = xml.replace(/^<[^>]*>/, '$&<m></saml:Issuer></m>');
  const reference = `#${/ ID="([^"]*)"/.exec(xml)?.[1]}`;
  const whole = withTemplate(marked, { reference, ...template })
    .replace('<m></saml:Issuer>', '')
    .replace('</m>', '');
  return xmlsecSign(whole, key);
}

export const inDays = (days: number, from = Date.now()): string =>
  new Date(from + days * 86_400_000).toISOString();
