import { DOMParser } from '@xmldom/xmldom';
import { token11Schema } from '../../unit/saml-core/support/token-11-schema.js';
import { xmllintValid, xmlsecVerify } from '../../unit/saml-core/support/xmlsec.js';
import { formOf, type Visit } from '../browser.js';
import { realmOf, replyOf } from './wsfed-party.js';

const SAML = 'urn:oasis:names:tc:SAML:1.0:assertion';
const schema = token11Schema();

/** What a relying party takes from a token that it believes. */
export interface ReadToken {
  issuer: string;
  name: { value: string; format: string };
  method: string;
  /** Milliseconds since the epoch. */
  instant: number;
  notOnOrAfter: number;
  claims: Record<string, string[]>;
}

/** A strict relying party of its own: signature by xmlsec1, shape by the OASIS schema, audience, times, one token. */
export class WsFedClient {
  readonly id: string;
  readonly passiveUrl: string;
  readonly realm: string;
  readonly reply: string;
  readonly #metadataUrl: string;

  constructor(
    id: string,
    url: string,
    options: { issuer?: string; realm?: string; reply?: string } = {},
  ) {
    this.id = id;
    const at = options.issuer === undefined ? '' : `/${options.issuer}`;
    this.passiveUrl = `${url}/wsfed${at}`;
    this.#metadataUrl = `${url}/federationmetadata${at}/2007-06/federationmetadata.xml`;
    this.realm = options.realm ?? realmOf(id);
    this.reply = options.reply ?? replyOf(id);
  }

  /** Where a browser is sent to sign in; `null` leaves a parameter out. */
  requestUrl(parameters: Record<string, string | null> = {}): string {
    return `${this.passiveUrl}?${new URLSearchParams(this.request(parameters)).toString()}`;
  }

  request(parameters: Record<string, string | null> = {}): Record<string, string> {
    const all = { wa: 'wsignin1.0', wtrealm: this.realm, wctx: 'ctx', ...parameters };
    return Object.fromEntries(
      Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null),
    );
  }

  async metadata(): Promise<string> {
    return (await fetch(this.#metadataUrl)).text();
  }

  /** Throws unless the page posts a token that may be believed. */
  async receive(page: Visit, wctx: string | null = 'ctx', now = Date.now()): Promise<ReadToken> {
    const { action, hidden } = formOf(page);
    if (action !== this.reply) throw new Error(`posted to ${action}`);
    const { wa, wresult = '', wctx: returned = null, ...more } = hidden;
    if (wa !== 'wsignin1.0' || Object.keys(more).length > 0) throw new Error('other fields');
    if (returned !== wctx) throw new Error(`wctx became ${JSON.stringify(returned)}`);
    const metadata = await this.metadata();
    const certificates = [...metadata.matchAll(/<ds:X509Certificate>([^<]+)</g)];
    // The first stands in the signature of the metadata itself.
    verifyByOne(
      wresult,
      certificates.slice(1).map(([, base64]) => base64 ?? ''),
    );
    return readToken(wresult, this.realm, now);
  }
}

/** The token of a page, unbelieved. */
export function postedToken(page: Visit): string {
  return formOf(page).hidden['wresult'] ?? '';
}

function verifyByOne(xml: string, certificates: readonly string[]): void {
  const signature = "//*[local-name()='Assertion']/*[local-name()='Signature']";
  const failures: unknown[] = [];
  for (const base64 of certificates) {
    const lines = base64.match(/.{1,64}/g)?.join('\n') ?? '';
    const certificate = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
    try {
      xmlsecVerify(xml, { certificate }, signature);
      return;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new Error('signed by nobody whom the metadata names', { cause: failures });
}

function readToken(xml: string, realm: string, now: number): ReadToken {
  const token = /<saml:Assertion .*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';
  xmllintValid(token, schema);
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const all = (name: string) => Array.from(document.getElementsByTagNameNS(SAML, name));
  const only = (name: string) => {
    const [found, ...more] = all(name);
    if (found === undefined || more.length > 0) throw new Error(`not one ${name}`);
    return found;
  };
  const value = (element: Element, name: string) => element.getAttribute(name) ?? '';
  const assertion = only('Assertion');
  const conditions = only('Conditions');
  const notBefore = Date.parse(value(conditions, 'NotBefore'));
  const notOnOrAfter = Date.parse(value(conditions, 'NotOnOrAfter'));
  if (!(notBefore <= now + 1_000 && now < notOnOrAfter)) throw new Error('not to be used now');
  if (only('Audience').textContent !== realm) throw new Error('for somebody else');
  const statement = only('AuthenticationStatement');
  const names = all('NameIdentifier');
  const [name] = names;
  if (name === undefined || names.some((one) => one.textContent !== name.textContent)) {
    throw new Error('not one person');
  }
  const claims: Record<string, string[]> = {};
  for (const one of all('Attribute')) {
    const type = `${value(one, 'AttributeNamespace')}/${value(one, 'AttributeName')}`;
    const values = Array.from(one.getElementsByTagNameNS(SAML, 'AttributeValue'));
    claims[type] = values.map(({ textContent }) => textContent ?? '');
  }
  return {
    issuer: value(assertion, 'Issuer'),
    name: { value: name.textContent ?? '', format: value(name, 'Format') },
    method: value(statement, 'AuthenticationMethod'),
    instant: Date.parse(value(statement, 'AuthenticationInstant')),
    notOnOrAfter,
    claims,
  };
}
