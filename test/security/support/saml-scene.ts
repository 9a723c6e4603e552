import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.js';
import { bindings } from '../../../src/saml-core/namespaces.js';
import { formOf, TestBrowser, type Visit } from '../../support/browser.js';
import { PASSWORD } from '../../support/people.js';
import { closeServer } from '../../support/start-server.js';
import { consumerOf, entityIdOf, samlParty } from '../../support/saml/saml-party.js';
import { deflated, saml, samlp } from '../../unit/saml-core/support/genuine.js';
import { testKey, type TestKey } from '../../unit/saml-core/support/key-pairs.js';
import { peerQuery, peerSigned } from '../../unit/saml-core/support/peer-signature.js';
import { oneFactor, setScene, type Scene } from './scene.js';

/** What a request says; what is left out is what a good one says. `null` leaves an attribute out. */
export interface RequestParts {
  from?: string;
  id?: string | null;
  /** Seconds from now. */
  issuedIn?: number;
  version?: string;
  destination?: string | null;
  /** More attributes of the root. */
  attributes?: string;
  /** Behind the issuer. */
  content?: string;
}

export interface SamlScene extends Scene {
  key: TestKey;
  /** XML of a request to sign in, or of another kind. */
  requestXml(parts?: RequestParts, kind?: string, path?: string): string;
  /** Where services take logout messages, at `/<id>/slo`. */
  services: string;
  /** The key of `archive`. */
  otherKey: TestKey;
  /** Address of a request by Redirect, unsigned. */
  redirect(xml: string, relayState?: string, path?: string): string;
  /** The same, signed with the key of `wiki` and `vault`. */
  signedRedirect(xml: string, relayState?: string, path?: string): string;
  post(xml: string, relayState?: string, path?: string): Promise<Visit>;
  /** A browser with a session of one factor that has entered `wiki`. */
  inWiki(): Promise<{
    browser: TestBrowser;
    username: string;
    id: string;
    /** As `wiki` was told them: the element, and the value. */
    nameId: string;
    sessionIndex: string;
  }>;
  /** Runs with one relying party changed. */
  withParty<Value>(
    id: string,
    changes: Partial<RelyingParty>,
    run: () => Promise<Value>,
  ): Promise<Value>;
}

export const freshId = (): string => `_${randomBytes(12).toString('hex')}`;

/** Somebody who is there, where services take logout messages: a browser is sent to nobody who does not answer. */
async function startServices(): Promise<{ url: string; server: Server }> {
  const server = createServer((_request, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** `wiki` takes one factor and signs nothing, `intranet` wants two, `vault` signs, `archive` signs with a key of its own. */
export async function setSamlScene(): Promise<SamlScene> {
  const key = testKey();
  const other = testKey();
  const services = await startServices();
  const slo = (id: string) => [
    { url: `${services.url}/${id}/slo`, binding: bindings.redirect, responseUrl: null },
  ];
  const single = { policy: { ...oneFactor } };
  const signs = { signingCertificates: [key.certificate] };
  const scene = await setScene({
    relyingParties: [
      samlParty('intranet'),
      samlParty('wiki', {}, { party: single, metadata: { ...signs, slo: slo('wiki') } }),
      samlParty(
        'vault',
        {},
        { party: single, metadata: { ...signs, authnRequestsSigned: true, slo: slo('vault') } },
      ),
      samlParty(
        'archive',
        {},
        {
          party: single,
          metadata: { signingCertificates: [other.certificate], slo: slo('archive') },
        },
      ),
    ],
  });
  const redirect = (query: string, path = '/saml/sso') => `${scene.url}${path}?${query}`;
  const requestXml: SamlScene['requestXml'] = (
    parts = {},
    kind = 'AuthnRequest',
    path = '/saml/sso',
  ) => {
    const { id = freshId(), destination = scene.url + path, issuedIn = 0, version = '2.0' } = parts;
    const instant = new Date(scene.clock.now() + issuedIn * 1000).toISOString();
    return (
      `<samlp:${kind} xmlns:samlp="${samlp}" xmlns:saml="${saml}"${id === null ? '' : ` ID="${id}"`} Version="${version}" ` +
      `IssueInstant="${instant}"${destination === null ? '' : ` Destination="${destination}"`} ${parts.attributes ?? ''}>` +
      `<saml:Issuer>${parts.from ?? entityIdOf('wiki')}</saml:Issuer>${parts.content ?? ''}</samlp:${kind}>`
    );
  };
  const relay = (relayState: string | undefined) =>
    relayState === undefined ? {} : { relayState };
  return {
    ...scene,
    async close() {
      await scene.close();
      await closeServer(services.server);
    },
    services: services.url,
    key,
    otherKey: other,
    requestXml,
    redirect: (xml, relayState, path) =>
      redirect(peerQuery('SAMLRequest', deflated(xml), null, relay(relayState)), path),
    signedRedirect: (xml, relayState, path) =>
      redirect(peerQuery('SAMLRequest', deflated(xml), key, relay(relayState)), path),
    post: (xml, relayState, path = '/saml/sso') =>
      new TestBrowser().request(scene.url + path, {
        method: 'POST',
        body: new URLSearchParams({
          SAMLRequest: Buffer.from(xml).toString('base64'),
          ...(relayState === undefined ? {} : { RelayState: relayState }),
        }),
      }),
    async inWiki() {
      const { username, id } = await scene.somebody({ otp: false });
      const browser = new TestBrowser();
      const url = redirect(peerQuery('SAMLRequest', deflated(requestXml()), null));
      const page = await browser.submit(await browser.open(url), { username, password: PASSWORD });
      if (!hasAssertion(page)) throw new Error(`not in:\n${page.body}`);
      return { browser, username, id, ...toldIn(page) };
    },
    async withParty(id, changes, run) {
      const { registry } = scene.server;
      const before = [...registry.all()];
      registry.replace(before.map((one) => (one.id === id ? { ...one, ...changes } : one)));
      try {
        return await run();
      } finally {
        registry.replace(before);
      }
    },
  };
}

/** The document that a page posts to a service; `null` for a page that posts none. */
export function answerXml(page: Visit): string | null {
  if (!page.body.includes('name="SAMLResponse"')) return null;
  return Buffer.from(formOf(page).hidden['SAMLResponse'] ?? '', 'base64').toString();
}

/** How a service was told to call somebody and their session. */
export function toldIn(page: Visit): { nameId: string; sessionIndex: string } {
  const xml = answerXml(page) ?? '';
  return {
    nameId: /<saml:NameID .*<\/saml:NameID>/.exec(xml)?.[0] ?? '',
    sessionIndex: /SessionIndex="([^"]*)"/.exec(xml)?.[1] ?? '',
  };
}

export const hasAssertion = (page: Visit): boolean =>
  answerXml(page)?.includes('Assertion') === true;

export { consumerOf, entityIdOf, peerSigned };
