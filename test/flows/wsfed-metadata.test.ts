import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../support/manual-clock.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { xmllintCanonical, xmlsecVerify } from '../unit/saml-core/support/xmlsec.js';

const clock = new ManualClock(Date.now());
const hour = 3_600_000;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    clock,
    relyingParties: [],
    configuration: (url) => ({
      issuers: [
        { id: 'default', entityId: url, domains: [] },
        { id: 'north', entityId: 'https://north.example/saml?a&b', domains: [] },
      ],
    }),
  });
});
afterAll(() => server.close());

const path = (issuer = '') =>
  `${server.url}/federationmetadata${issuer}/2007-06/federationmetadata.xml`;
const fetched = async (url: string) => (await fetch(url)).text();

/** PEM of the certificates in the keys of the service, in their order. */
function certificates(xml: string): string[] {
  const keys = xml.slice(xml.indexOf('<md:RoleDescriptor'));
  return [...keys.matchAll(/<ds:X509Certificate>([^<]+)</g)].map(([, base64]) =>
    new X509Certificate(Buffer.from(base64 ?? '', 'base64')).toString(),
  );
}

/** The document once every process shows so many keys: others hear of a change a moment later. */
async function shown(url: string, count: number): Promise<string> {
  for (let agreed = 0; ;) {
    const xml = await fetched(url);
    agreed = certificates(xml).length === count ? agreed + 1 : 0;
    if (agreed === 4) return xml;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('signed, under the names of AD FS, in capitals too', async () => {
  const answer = await fetch(path());
  expect(answer.headers.get('content-type')).toBe('application/samlmetadata+xml');
  expect(answer.headers.get('etag')).not.toBeNull();
  const xml = await answer.text();
  const [certificate = ''] = certificates(xml);
  xmlsecVerify(xml, { certificate });
  expect(xml).toContain(`entityID="${server.url}"`);
  expect(xml).toContain('xsi:type="fed:SecurityTokenServiceType"');
  const passive = /PassiveRequestorEndpoint.*?<wsa:Address>([^<]*)</.exec(xml)?.[1];
  expect(passive).toBe(`${server.url}/wsfed`);
  const capitals = path().replace(
    'federationmetadata/2007-06/federationmetadata',
    'FederationMetadata/2007-06/FederationMetadata',
  );
  expect(certificates(await fetched(capitals))).toEqual([certificate]);
});

test('each issuer has its own, at one address', async () => {
  const north = await fetched(path('/north'));
  expect(north).toContain('entityID="https://north.example/saml?a&amp;b"');
  expect(north).toContain(`<wsa:Address>${server.url}/wsfed/north<`);
  expect(north).toContain(`<wsa:Address>${server.url}/wsfed/north/active<`);
  expect(certificates(north)).not.toEqual(certificates(await fetched(path())));
  for (const nobody of ['/default', '/nobody']) {
    expect((await fetch(path(nobody), { headers: { accept: 'text/html' } })).status).toBe(404);
  }
});

test('both certificates are there during a rollover, the one that signs first', async () => {
  const before = certificates(await fetched(path('/north')));
  expect(before).toHaveLength(1);
  await server.drawbridge.base.keys.rotate('north', 'saml', 'RS256', { publishLeadMs: 24 * hour });
  const during = await shown(path('/north'), 2);
  expect(certificates(during)[0]).toBe(before[0]);
  xmlsecVerify(during, { certificate: before[0] ?? '' });
  clock.advance(25 * hour);
  const after = await fetched(path('/north'));
  expect(certificates(after)[0]).toBe(certificates(during)[1]);
  xmlsecVerify(after, { certificate: certificates(after)[0] ?? '' });
});

describe('who asks for a token without a browser', () => {
  test.each([
    ['application/soap+xml; charset=utf-8', 'http://www.w3.org/2003/05/soap-envelope'],
    ['text/xml', 'http://schemas.xmlsoap.org/soap/envelope/'],
  ])('gets a fault in its own words: %s', async (type, namespace) => {
    for (const issuer of ['', '/north']) {
      const answer = await fetch(`${server.url}/wsfed${issuer}/active`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '<s:Envelope>canary-password</s:Envelope>',
      });
      expect(answer.status).toBe(500);
      expect(answer.headers.get('content-type')?.split(';')[0]).toBe(type.split(';')[0]);
      const xml = await answer.text();
      expect(xml).toContain(`<s:Envelope xmlns:s="${namespace}"><s:Body><s:Fault>`);
      expect(() => xmllintCanonical(xml)).not.toThrow();
      expect(xml).not.toContain('canary-password');
    }
    expect(server.log.join('\n')).not.toContain('canary-password');
  });

  test('with GET it is 405', async () => {
    const answer = await fetch(`${server.url}/wsfed/active`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
