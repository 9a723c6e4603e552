import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { TestBrowser, type Visit } from '../support/browser.js';
import { expectRefusedInPlace } from './support/refused-in-place.js';
import {
  answerXml,
  setSamlScene,
  type RequestParts,
  type SamlScene,
} from './support/saml-scene.js';

let scene: SamlScene;
beforeAll(async () => {
  scene = await setSamlScene();
});
afterAll(() => scene.close());

const refusedInPlace = (attack: () => Promise<Visit>, code: string) =>
  expectRefusedInPlace(scene, attack, code);
const open = (url: string, browser = new TestBrowser()) => browser.open(url);
const asked = (parts: RequestParts) => open(scene.redirect(scene.requestXml(parts)));

describe('B80: messages made to hurt', () => {
  let canary: Server;
  let visits = 0;
  let at: string;
  beforeAll(async () => {
    canary = createServer((socket) => {
      visits += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    at = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/`;
  });
  afterAll(() => new Promise<void>((resolve) => void canary.close(() => resolve())));

  const doctype = (inside: string) => `<!DOCTYPE samlp:AuthnRequest ${inside}>`;
  const extensions = (content: string) =>
    scene.requestXml({ content: `<samlp:Extensions>${content}</samlp:Extensions>` });

  test.each<[string, () => string | Buffer]>([
    ['an external entity', () => `${doctype(`[<!ENTITY x SYSTEM "${at}">]`)}${extensions('&x;')}`],
    [
      'a parameter entity',
      () => `${doctype(`[<!ENTITY % x SYSTEM "${at}"> %x;]`)}${scene.requestXml()}`,
    ],
    ['an external DTD', () => `${doctype(`SYSTEM "${at}"`)}${scene.requestXml()}`],
    [
      'billion laughs',
      () =>
        `${doctype(`[<!ENTITY a "ha">${[...'bcdefghij'].map((name, level) => `<!ENTITY ${name} "${`&${'abcdefghi'[level]};`.repeat(10)}">`).join('')}]`)}${extensions('&j;')}`,
    ],
    [
      'a schema to fetch',
      () =>
        scene.requestXml({
          attributes: `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x ${at}"`,
        }),
    ],
    ['a stylesheet to fetch', () => `<?xml-stylesheet href="${at}"?>${scene.requestXml()}`],
    [
      'an inclusion',
      () =>
        extensions(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${at}"/><!-- -->`),
    ],
    ['UTF-7', () => `<?xml version="1.0" encoding="UTF-7"?>${scene.requestXml()}`],
    ['UTF-16', () => Buffer.from(`\u{feff}${scene.requestXml()}`, 'utf16le')],
    ['a byte order mark', () => `\u{feff}${scene.requestXml()}`],
    [
      'ten thousand attributes',
      () =>
        scene.requestXml({
          attributes: Array.from({ length: 10_000 }, (_, index) => `a${index}=""`).join(' '),
        }),
    ],
    ['ten thousand deep', () => extensions('<a>'.repeat(10_000) + '</a>'.repeat(10_000))],
    ['ten thousand elements', () => extensions('<x:a xmlns:x="urn:x"/>'.repeat(10_000))],
    ['a deflate bomb', () => deflateRawSync(Buffer.alloc(100_000_000, ' '))],
  ])('%s => 400, and nobody is called, by either binding', async (_, make) => {
    const message = make();
    const bytes = Buffer.from(message);
    const bomb = bytes[0] !== 0x3c && bytes.length < 200_000 && typeof message !== 'string';
    const isDeflated = bomb && bytes[0] !== 0xff;
    const parameter = (isDeflated ? bytes : deflateRawSync(bytes)).toString('base64');
    const url = `${scene.url}/saml/sso?SAMLRequest=${encodeURIComponent(parameter)}`;
    // What fits into no request line is refused by the server before us.
    if (url.length < 16_000) await refusedInPlace(() => open(url), 'DB-404');
    else expect((await open(url)).status).toBeGreaterThanOrEqual(400);
    await refusedInPlace(
      () =>
        new TestBrowser().request(`${scene.url}/saml/sso`, {
          method: 'POST',
          body: new URLSearchParams({ SAMLRequest: bytes.toString('base64') }),
        }),
      'DB-404',
    );
    expect(visits).toBe(0);
  });

  test('more than a message can be is refused by its length', async () => {
    const visit = await scene.post('x'.repeat(600 * 1024));
    expect(visit.status).toBe(413);
  });
});

describe('B83: bindings that are not spoken', () => {
  const binding = (name: string) => ({
    attributes: `ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:${name}"`,
  });

  test.each(['HTTP-Artifact', 'PAOS', 'SOAP', 'HTTP-Redirect', 'HTTP-POST-SimpleSign'])(
    'an answer by %s => 400',
    async (name) => {
      await refusedInPlace(() => asked(binding(name)), 'DB-404');
    },
  );

  test('an artifact => 400', async () => {
    const artifact = encodeURIComponent(Buffer.alloc(44, 1).toString('base64'));
    await refusedInPlace(() => open(`${scene.url}/saml/sso?SAMLart=${artifact}`), 'DB-404');
    await refusedInPlace(
      () =>
        new TestBrowser().request(`${scene.url}/saml/sso`, {
          method: 'POST',
          body: new URLSearchParams({ SAMLart: artifact }),
        }),
      'DB-404',
    );
  });

  test('ECP: an envelope instead of a form => 415', async () => {
    const envelope = `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${scene.requestXml()}</S:Body></S:Envelope>`;
    for (const type of ['text/xml', 'application/vnd.paos+xml', 'application/soap+xml']) {
      const visit = await new TestBrowser().request(`${scene.url}/saml/sso`, {
        method: 'POST',
        headers: {
          'content-type': type,
          PAOS: 'ver="urn:liberty:paos:2003-08";"urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp"',
          authorization: `Basic ${Buffer.from('a:b').toString('base64')}`,
        },
        body: envelope,
      });
      expect([400, 415]).toContain(visit.status);
      expect(answerXml(visit)).toBeNull();
    }
  });

  test('an envelope as the message => 400', async () => {
    const envelope = `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${scene.requestXml()}</S:Body></S:Envelope>`;
    await refusedInPlace(() => scene.post(envelope), 'DB-404');
  });

  test('other methods => 405', async () => {
    for (const method of ['PUT', 'DELETE', 'HEAD', 'OPTIONS']) {
      const visit = await new TestBrowser().request(scene.redirect(scene.requestXml()), { method });
      expect(visit.status).toBe(405);
    }
  });
});
