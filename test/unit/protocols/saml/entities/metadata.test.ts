import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import { PublicUrl } from '../../../../../src/config/public-url.js';
import { createIssuers } from '../../../../../src/issuers/issuers.js';
import { createKeyStore, type ManagedKeyStore } from '../../../../../src/keys/create-key-store.js';
import { keyPurposes, metadataCacheMs } from '../../../../../src/keys/key-purposes.js';
import type { KeyPurpose } from '../../../../../src/keys/key-store.js';
import {
  createSamlEntities,
  metadataValidityMs,
} from '../../../../../src/protocols/saml/entities/create-saml-entities.js';
import { createMetadataRoutes } from '../../../../../src/protocols/saml/entities/metadata-routes.js';
import type { SamlEntities } from '../../../../../src/protocols/saml/saml-entity.js';
import { durableParts, type DurableParts } from '../../../../support/factors/durable-parts.js';
import { sqlAdapters } from '../../../../support/services/fresh-stores.js';
import { metadataSchema } from '../../../saml-core/support/metadata-schema.js';
import { xmllintValid, xmlsecVerify } from '../../../saml-core/support/xmlsec.js';

const hour = 60 * 60_000;
const schema = metadataSchema();
const sqlite = sqlAdapters.find(({ name }) => /sqlite/i.test(name))!;

let parts: DurableParts;
let keys: ManagedKeyStore;
let entities: SamlEntities;
beforeEach(async () => {
  parts = await durableParts(sqlite);
  keys = createKeyStore(parts.nodes[0]);
  const issuers = await createIssuers(parts.nodes[0]).ensure([
    { id: 'default', entityId: 'https://id.example.org/idp', domains: [] },
    { id: 'north', entityId: 'urn:north?a&b', domains: [] },
    { id: 'bare', entityId: 'urn:bare', domains: [] },
  ]);
  await Promise.all(
    ['default', 'north'].map((id) => keys.ensureKeys(id, ['saml', 'saml-encryption'])),
  );
  const publicUrl = new PublicUrl('https://id.example.org/idp');
  entities = createSamlEntities({ ...parts.nodes[0], issuers, keys, publicUrl });
});
afterEach(async () => {
  keys.close();
  await parts.remove();
});

const metadata = async (id = 'default') => (await entities.metadata(id)) ?? '';
const certificates = (purpose: KeyPurpose) =>
  keys.keys('default', purpose).map(({ certificate }) => certificate!);
const rotate = (purpose: KeyPurpose) =>
  keys.rotate('default', purpose, 'RS256', {
    publishLeadMs: keyPurposes[purpose].shortestLeadMs,
  });

/** Base64 of the certificates in the order of the document. */
function shown(xml: string, use: 'signing' | 'encryption'): string[] {
  const descriptors = xml.match(/<md:KeyDescriptor .*?<\/md:KeyDescriptor>/gs) ?? [];
  return descriptors
    .filter((one) => one.includes(`use="${use}"`))
    .map((one) => /X509Certificate>([^<]*)</.exec(one)![1]!.replaceAll(/\s/g, ''));
}

const bare = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');

describe('an issuer as a SAML entity', () => {
  test('the default one is at /saml, others below it; both sign with their own keys', () => {
    expect(entities.byIssuer('default')).toMatchObject({
      issuer: 'default',
      entityId: 'https://id.example.org/idp',
      singleSignOn: 'https://id.example.org/idp/saml/sso',
      singleLogout: 'https://id.example.org/idp/saml/slo',
    });
    expect(entities.byIssuer('north')).toMatchObject({
      issuer: 'north',
      entityId: 'urn:north?a&b',
      singleSignOn: 'https://id.example.org/idp/saml/north/sso',
      singleLogout: 'https://id.example.org/idp/saml/north/slo',
    });
    const of = (id: string) => entities.byIssuer(id)!;
    expect(of('default').signingKey.certificate).toBe(certificates('saml')[0]);
    expect(of('north').signingKey.certificate).not.toBe(of('default').signingKey.certificate);
    expect(of('default').decryptionKeys).toHaveLength(1);
    expect(of('default').decryptionKeys[0]).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  test.each(['other', 'bare', '', '__proto__'])('there is none for %j', async (id) => {
    expect(entities.byIssuer(id)).toBeNull();
    expect(await entities.metadata(id)).toBeNull();
  });
});

describe('metadata', () => {
  test.each(['default', 'north'])('is valid and signed: %s', async (id) => {
    const xml = await metadata(id);
    xmllintValid(xml, schema);
    xmlsecVerify(xml, { certificate: entities.byIssuer(id)!.signingKey.certificate });
  });

  test('says what we are and for how long', async () => {
    const xml = await metadata('north');
    expect(xml).toContain('entityID="urn:north?a&amp;b"');
    expect(xml).toContain('cacheDuration="PT21600S"');
    const until = new Date(parts.clock.now() + metadataValidityMs).toISOString();
    expect(xml).toContain(`validUntil="${until}"`);
    expect(xml).toContain('WantAuthnRequestsSigned="false"');
    for (const [service, path] of [
      ['SingleSignOnService', 'sso'],
      ['SingleLogoutService', 'slo'],
    ]) {
      for (const binding of ['HTTP-Redirect', 'HTTP-POST']) {
        expect(xml).toContain(
          `<md:${service} Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="https://id.example.org/idp/saml/north/${path}">`,
        );
      }
    }
    const formats = [...xml.matchAll(/nameid-format:(\w+)</g)].map(([, format]) => format);
    expect(formats).toEqual(['persistent', 'transient', 'emailAddress']);
  });

  test('is made once, and anew when half of its validity is over', async () => {
    const [one, other] = await Promise.all([metadata(), metadata()]);
    expect(other).toBe(one);
    parts.clock.advance(metadataValidityMs / 2 - 1);
    expect(await metadata()).toBe(one);
    parts.clock.advance(1);
    const renewed = await metadata();
    expect(renewed).not.toBe(one);
    const until = new Date(parts.clock.now() + metadataValidityMs).toISOString();
    expect(renewed).toContain(`validUntil="${until}"`);
  });

  test('shows both certificates during a rollover, signed by the one in use', async () => {
    const before = await metadata();
    const [old] = certificates('saml');
    expect(shown(before, 'signing')).toEqual([bare(old!)]);
    await rotate('saml');
    const [, next] = certificates('saml');
    const waiting = await metadata();
    expect(shown(waiting, 'signing')).toEqual([bare(old!), bare(next!)]);
    xmllintValid(waiting, schema);
    xmlsecVerify(waiting, { certificate: old! });
    expect(entities.byIssuer('default')!.signingKey.certificate).toBe(old);

    parts.clock.advance(keyPurposes.saml.shortestLeadMs);
    const inUse = await metadata();
    expect(shown(inUse, 'signing')).toEqual([bare(next!), bare(old!)]);
    xmlsecVerify(inUse, { certificate: next! });
    expect(entities.byIssuer('default')!.signingKey.certificate).toBe(next);

    parts.clock.advance(24 * hour);
    expect(shown(await metadata(), 'signing')).toEqual([bare(next!)]);
  });

  test('an emergency is seen at once', async () => {
    await metadata();
    await keys.emergencyRotate('default', 'saml', 'RS256');
    const [fresh] = certificates('saml');
    const xml = await metadata();
    expect(shown(xml, 'signing')).toEqual([bare(fresh!)]);
    xmlsecVerify(xml, { certificate: fresh! });
  });

  test('a key that decrypts outlasts the metadata that shows it', async () => {
    const [old] = certificates('saml-encryption');
    await rotate('saml-encryption');
    const next = certificates('saml-encryption').find((one) => one !== old);
    expect(shown(await metadata(), 'encryption')).toEqual([bare(next!), bare(old!)]);
    expect(entities.byIssuer('default')!.decryptionKeys).toHaveLength(2);
    const { shortestLeadMs } = keyPurposes['saml-encryption'];
    parts.clock.advance(24 * hour);
    expect(shown(await metadata(), 'encryption')).toEqual([bare(next!)]);
    parts.clock.advance(metadataCacheMs);
    expect(entities.byIssuer('default')!.decryptionKeys).toHaveLength(2);
    parts.clock.advance(shortestLeadMs - metadataCacheMs);
    expect(entities.byIssuer('default')!.decryptionKeys).toHaveLength(1);
  });
});

describe('the addresses of metadata', () => {
  let server: Server;
  let url: string;
  beforeEach(async () => {
    const app = express();
    app.use(createMetadataRoutes({ entities }));
    app.use((_request, response) => response.status(404).end('nobody else'));
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => void server.close());

  test.each([
    ['/saml/metadata', 'default'],
    ['/saml/north/metadata', 'north'],
  ])('%s is that of %s', async (path, id) => {
    const response = await fetch(url + path, { headers: { Host: 'evil.example' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/samlmetadata\+xml\b/);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    const xml = await response.text();
    expect(xml).toBe(await entities.metadata(id));
    xmllintValid(xml, schema);
    xmlsecVerify(xml, { certificate: entities.byIssuer(id)!.signingKey.certificate });
  });

  test('what has not changed is not sent again', async () => {
    const etag = (await fetch(`${url}/saml/metadata`)).headers.get('etag')!;
    // Not fetch, which asks past every cache as soon as it is given a condition.
    const again = async () => {
      const headers = { 'If-None-Match': etag };
      const request = get(`${url}/saml/metadata`, { headers, agent: false });
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      answer.resume();
      return answer.statusCode;
    };
    expect(await again()).toBe(304);
    await rotate('saml');
    expect(await again()).toBe(200);
  });

  test.each([
    '/saml/other/metadata',
    '/saml/default/metadata',
    '/saml/bare/metadata',
    '/saml/__proto__/metadata',
    '/saml/north%2Fx/metadata',
    '/saml//metadata',
    '/saml/NORTH/metadata',
    '/SAML/metadata',
  ])('%s is nobody’s', async (path) => {
    const response = await fetch(url + path);
    expect([response.status, await response.text()]).toEqual([404, 'nobody else']);
  });

  test('nothing is changed there', async () => {
    const response = await fetch(`${url}/saml/metadata`, { method: 'POST' });
    expect(response.status).toBe(404);
  });
});
