import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '../../../src/audit/log-writer.js';
import { samlAddresses, samlDemoService } from '../../../src/demo/saml-demo-service.js';
import { createDemoSite } from '../../../src/demo/site/demo-site.js';
import { makeServiceKey, type ServiceKey } from '../../../src/demo/site/saml/service-key.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { systemRandom } from '../../../src/kernel/random.js';
import { buildLogoutRequest, buildLogoutResponse } from '../../../src/saml-core/build-logout.js';
import { buildMetadata } from '../../../src/saml-core/build-metadata.js';
import { buildResponse } from '../../../src/saml-core/build-response.js';
import { bindings } from '../../../src/saml-core/namespaces.js';
import { receiveMessage } from '../../../src/saml-core/receive-message.js';
import type { ProtocolMessage } from '../../../src/saml-core/messages.js';
import { postFields, redirectUrl } from '../../../src/saml-core/redirect-url.js';
import { TestBrowser } from '../../support/browser.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { assertionContent } from '../saml-core/support/assertion-content.js';
import { testKey } from '../saml-core/support/key-pairs.js';

const folder = temporaryFolder();
const idpKey = testKey();
const closers: Server[] = [];
let issuer: string;
let siteUrl: string;
let serviceKey: ServiceKey;

async function listening(server: Server): Promise<string> {
  closers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  issuer = await listening(
    createServer((_request, response) => {
      void buildMetadata(
        {
          entityId: issuer,
          singleSignOn: [{ binding: bindings.redirect, url: `${issuer}/saml/sso` }],
          singleLogout: [{ binding: bindings.redirect, url: `${issuer}/saml/slo` }],
          signingCertificates: [idpKey.certificate],
          encryptionCertificates: [],
          nameIdFormats: [],
          wantAuthnRequestsSigned: true,
          validUntil: Date.now() + 60_000,
          cacheDurationSeconds: 60,
        },
        idpKey,
        systemRandom,
      ).then((xml) => response.end(xml));
    }),
  );
  serviceKey = await makeServiceKey('Library', { clock: systemClock, random: systemRandom });
  const site = createDemoSite({
    fetch,
    issuer,
    oidcServices: [],
    samlService: samlDemoService,
    samlKey: () => Promise.resolve(serviceKey),
    mailFolder: folder.path,
    random: systemRandom,
    logger: createLogger({ clock: systemClock, level: 'error', write: () => {} }),
  });
  siteUrl = await listening(createServer(site));
});
afterAll(() => {
  for (const server of closers) server.close();
});

const home = () => `${siteUrl}/lighthouse-library/`;
const addresses = () => samlAddresses(siteUrl, samlDemoService);

/** What the service sent, as Drawbridge reads it. */
async function sent<Type extends ProtocolMessage['type']>(url: string | null, type: Type) {
  const { search, searchParams } = new URL(url ?? '');
  const received = await receiveMessage(
    { binding: 'redirect', rawQuery: search.slice(1) },
    {
      partnerOf: (entityId) => ({
        entityId,
        signingCertificates: [serviceKey.certificate],
        mustSign: true,
        allowSha1: false,
      }),
      expected: [type],
    },
  );
  if (!received.ok) throw new Error(`${received.refusal} ${received.detail}`);
  const message = received.message as unknown as Extract<ProtocolMessage, { type: Type }>;
  return { message, relayState: searchParams.get('RelayState') ?? '' };
}

async function asked(browser: TestBrowser, query = '') {
  const { location } = await browser.request(`${home()}sign-in${query}`);
  return sent(location, 'AuthnRequest');
}

async function answer(to: string, key = idpKey): Promise<string> {
  const now = Date.now();
  const { xml } = await buildResponse(
    assertionContent({
      issuer,
      audience: addresses().entityId,
      inResponseTo: to,
      recipient: addresses().consumer,
      issueInstant: now,
      authnContextClassRef: 'https://refeds.org/profile/mfa',
      attributes: [
        { name: 'displayName', nameFormat: null, friendlyName: null, values: ['Anna <b>'] },
        { name: 'groups', nameFormat: null, friendlyName: null, values: ['staff', 'finance'] },
      ],
    }),
    {
      destination: addresses().consumer,
      inResponseTo: to,
      issueInstant: now,
      signAssertion: true,
      signResponse: true,
      encryptFor: null,
    },
    key,
    systemRandom,
  );
  return xml;
}

function post(browser: TestBrowser, path: string, fields: Record<string, string>) {
  return browser.request(home() + path, { method: 'POST', body: new URLSearchParams(fields) });
}

async function signedIn(browser: TestBrowser) {
  const { message, relayState } = await asked(browser);
  const fields = postFields('SAMLResponse', await answer(message.id), relayState);
  const page = await browser.follow(await post(browser, 'acs', fields));
  expect(page.body).toContain('Welcome, Anna &lt;b&gt;');
  return { page, fields };
}

test('asks with its signature, and shows what it was told', async () => {
  const browser = new TestBrowser();
  const { message } = await asked(browser);
  expect(message).toMatchObject({
    issuer: addresses().entityId,
    destination: `${issuer}/saml/sso`,
    acsUrl: addresses().consumer,
    forceAuthn: false,
  });
  const { page } = await signedIn(browser);
  expect(page.url).toBe(home());
  expect(page.body).toContain('staff, finance');
  expect(page.body).toContain('Two different factors');
  expect(page.body).toContain('alice');
  const { message: again } = await asked(browser, '?again=1');
  expect(again.forceAuthn).toBe(true);
});

test('an answer counts once, in the browser that asked, and with the right signature', async () => {
  const browser = new TestBrowser();
  const { fields } = await signedIn(browser);
  expect((await post(browser, 'acs', fields)).status).toBe(400);

  const { message, relayState } = await asked(browser);
  const forged = postFields('SAMLResponse', await answer(message.id, testKey()), relayState);
  expect((await post(browser, 'acs', forged)).status).toBe(400);

  const other = await asked(browser);
  const genuine = postFields('SAMLResponse', await answer(other.message.id), other.relayState);
  const parked = await post(browser, 'acs', genuine);
  const stranger = new TestBrowser();
  expect((await stranger.follow(parked)).status).toBe(400);
  expect((await stranger.open(home())).body).not.toContain('Welcome');
  expect((await browser.follow(parked)).status).toBe(400);
});

async function logoutRequest(): Promise<string> {
  const { xml } = await buildLogoutRequest(
    {
      issuer,
      destination: addresses().logout,
      issueInstant: Date.now(),
      notOnOrAfter: Date.now() + 60_000,
      nameId: assertionContent().subject,
      sessionIndexes: ['_another', '_session'],
    },
    null,
    systemRandom,
  );
  return redirectUrl(addresses().logout, 'SAMLRequest', xml, 'theirs', idpKey);
}

test('is signed out when Drawbridge says so with its signature, and says that it was', async () => {
  const browser = new TestBrowser();
  await signedIn(browser);
  const url = await logoutRequest();
  const unsigned = url.replace(/&SigAlg=.*/, '');
  expect((await browser.request(unsigned)).status).toBe(400);
  expect((await browser.open(home())).body).toContain('Welcome');

  const told = await new TestBrowser().request(url);
  const { message, relayState } = await sent(told.location, 'LogoutResponse');
  expect(message).toMatchObject({
    destination: `${issuer}/saml/slo`,
    status: 'urn:oasis:names:tc:SAML:2.0:status:Success',
  });
  expect(relayState).toBe('theirs');
  expect((await browser.open(home())).body).not.toContain('Welcome');
});

test('signs out at Drawbridge, and comes back', async () => {
  const browser = new TestBrowser();
  await signedIn(browser);
  const leaving = await browser.request(`${home()}sign-out`, { method: 'POST' });
  const { message } = await sent(leaving.location, 'LogoutRequest');
  expect(message.nameId).toEqual(assertionContent().subject);
  expect(message.sessionIndexes).toEqual(['_session']);
  const { xml } = await buildLogoutResponse(
    {
      issuer,
      destination: addresses().logout,
      issueInstant: Date.now(),
      inResponseTo: message.id,
      status: 'Success',
      subStatus: null,
    },
    idpKey,
    systemRandom,
  );
  const back = await browser.follow(
    await post(browser, 'slo', postFields('SAMLResponse', xml, null)),
  );
  expect(back.body).toContain('You are signed out');
  expect((await browser.open(home())).body).not.toContain('Welcome');
});
