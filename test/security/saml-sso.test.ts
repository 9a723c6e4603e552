import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createHmac, createSign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { formOf, TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { PASSWORD } from '../support/people.js';
import { statusOf } from '../support/saml/saml-client.js';
import { forgeries } from '../unit/saml-core/support/forgeries.js';
import { deflated } from '../unit/saml-core/support/genuine.js';
import { testKey } from '../unit/saml-core/support/key-pairs.js';
import { peerQuery } from '../unit/saml-core/support/peer-signature.js';
import { changingNothing, expectRefusalPage } from './support/ledger.js';
import {
  answerXml,
  consumerOf,
  entityIdOf,
  freshId,
  hasAssertion,
  peerSigned,
  setSamlScene,
  type RequestParts,
  type SamlScene,
} from './support/saml-scene.js';

let scene: SamlScene;
beforeAll(async () => {
  scene = await setSamlScene();
});
afterAll(() => scene.close());

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const vault = entityIdOf('vault');

/** A page of ours with that code and the reference of a row, and nothing else: nobody is sent anywhere. */
async function refusedInPlace(attack: () => Promise<Visit>, code: string): Promise<void> {
  const visit = await changingNothing(scene, attack);
  expectRefusalPage(visit);
  expect(visit.body).not.toMatch(/<form[^>]*action="(?!\/)/);
  expect(answerXml(visit)).toBeNull();
  expect(visit.headers.getSetCookie()).toEqual([]);
  const told = failureOnPage(visit);
  expect(told?.code).toBe(code);
  // Where many of a sort come, one row counts them.
  const row = await scene.server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select('kind')
    .where('reference', '=', (told?.reference ?? '') as never)
    .executeTakeFirst();
  expect(row?.kind).toMatch(/^(request\.refused|audit\.aggregated)$/);
}

const open = (url: string, browser = new TestBrowser()) => browser.open(url);
const asked = (parts: RequestParts) => open(scene.redirect(scene.requestXml(parts)));

/** A query that says what it likes about its signature. */
function queryWith(signature: (signed: string) => string, algorithm: string): string {
  const message = encodeURIComponent(deflated(scene.requestXml({ from: vault })));
  const signed = `SAMLRequest=${message}&SigAlg=${encodeURIComponent(algorithm)}`;
  return `${scene.url}/saml/sso?${signed}&Signature=${encodeURIComponent(signature(signed))}`;
}

describe('B78: a request that cannot be trusted', () => {
  const acs = (url: string) => ({ attributes: `AssertionConsumerServiceURL="${url}"` });
  const at = consumerOf('wiki');

  test.each<[string, RequestParts, string]>([
    ['of a service nobody knows', { from: 'https://evil.example' }, 'DB-403'],
    ['of a service of another protocol', { from: 'payroll' }, 'DB-403'],
    ['of a service in another spelling', { from: entityIdOf('WIKI') }, 'DB-403'],
    ['for another address', { destination: 'https://other.example/saml/sso' }, 'DB-404'],
    ['for an address with a slash', { destination: '/' }, 'DB-404'],
    ['for no address', { destination: '' }, 'DB-404'],
    ['more than five minutes old', { issuedIn: -301 }, 'DB-404'],
    ['more than three minutes ahead', { issuedIn: 181 }, 'DB-404'],
    ['of SAML 1.1', { version: '1.1' }, 'DB-404'],
    ['without an ID', { id: null }, 'DB-404'],
    ['with two IDs', { attributes: 'ID="_two"' }, 'DB-404'],
    ['with quotes in its ID', { id: '_a&quot; x=&quot;' }, 'DB-404'],
    ['with markup in its ID', { id: '_a&lt;script&gt;' }, 'DB-404'],
    ['with an ID longer than any answer', { id: `_${'a'.repeat(300)}` }, 'DB-404'],
    [
      'answered at an index nobody has',
      { attributes: 'AssertionConsumerServiceIndex="9"' },
      'DB-405',
    ],
    [
      'answered at an index and an address',
      { attributes: `AssertionConsumerServiceIndex="0" AssertionConsumerServiceURL="${at}"` },
      'DB-404',
    ],
    ...[
      'https://evil.example/acs',
      consumerOf('intranet'),
      `${at}/`,
      `${at}?x=1`,
      `${at}#x`,
      at.replace('acs', 'ACS'),
      at.replace('7200', '07200'),
      at.replace('127.0.0.1', 'localhost'),
      at.replace('http://', 'http://evil@'),
      at.replace('http:', 'https:'),
      `${at}/..;/x`,
      `${at}%2e`,
      ` ${at}`,
      'javascript:alert(1)',
      'data:text/html,x',
      '//evil.example/acs',
      '',
    ].map((url): [string, RequestParts, string] => [
      `answered at ${JSON.stringify(url)}`,
      acs(url),
      'DB-405',
    ]),
  ])('%s => 400', async (_, parts, code) => {
    await refusedInPlace(() => asked(parts), code);
  });

  test('the borders of the window are let in', async () => {
    for (const issuedIn of [-299, 179]) {
      expect((await asked({ issuedIn })).status).toBe(200);
    }
  });

  test('replayed => 400: without a session, with one, by the other binding', async () => {
    const { browser } = await scene.inWiki();
    const xml = scene.requestXml();
    expect(hasAssertion(await open(scene.redirect(xml), browser))).toBe(true);
    await refusedInPlace(() => open(scene.redirect(xml), browser), 'DB-404');
    await refusedInPlace(() => open(scene.redirect(xml)), 'DB-404');
    await refusedInPlace(() => scene.post(xml), 'DB-404');
    const parked = scene.requestXml();
    expect((await scene.post(parked)).status).toBe(303);
    await refusedInPlace(() => scene.post(parked), 'DB-404');
    await refusedInPlace(() => open(scene.redirect(parked), browser), 'DB-404');
  });

  test('the ID that one service used is not used up for another', async () => {
    const id = freshId();
    const { browser } = await scene.inWiki();
    const archive = scene.requestXml({ id, from: entityIdOf('archive') });
    expect(hasAssertion(await open(scene.redirect(scene.requestXml({ id })), browser))).toBe(true);
    expect(hasAssertion(await open(scene.redirect(archive), browser))).toBe(true);
  });

  test('signed when that is demanded, it is let in', async () => {
    const xml = scene.requestXml({ from: vault });
    expect((await open(scene.signedRedirect(xml, 'r'))).status).toBe(200);
    const posted = await scene.post(peerSigned(scene.requestXml({ from: vault }), scene.key));
    expect(posted.status).toBe(303);
  });

  test.each<[string, () => Promise<Visit>]>([
    ['unsigned when it must be signed', () => asked({ from: vault })],
    ['the same by POST', () => scene.post(scene.requestXml({ from: vault }))],
    [
      'signed by a stranger',
      () =>
        open(
          `${scene.url}/saml/sso?${peerQuery('SAMLRequest', deflated(scene.requestXml({ from: vault })), testKey())}`,
        ),
    ],
    [
      'signed by a stranger where nobody has to sign',
      () =>
        open(
          `${scene.url}/saml/sso?${peerQuery('SAMLRequest', deflated(scene.requestXml()), testKey())}`,
        ),
    ],
    [
      'signed by another service',
      () => open(scene.signedRedirect(scene.requestXml({ from: entityIdOf('archive') }))),
    ],
    [
      'signed without an address',
      () => open(scene.signedRedirect(scene.requestXml({ from: vault, destination: null }))),
    ],
    [
      'signed with SHA-1',
      () =>
        open(
          queryWith(
            (signed) => createSign('sha1').update(signed).sign(scene.key.pem, 'base64'),
            `${dsig}rsa-sha1`,
          ),
        ),
    ],
    [
      'authenticated by HMAC with the certificate',
      () =>
        open(
          queryWith(
            (signed) => createHmac('sha256', scene.key.certificate).update(signed).digest('base64'),
            `${more}hmac-sha256`,
          ),
        ),
    ],
    ['with an empty signature', () => open(queryWith(() => '', `${more}rsa-sha256`))],
    [
      'signed over another order',
      () => {
        const message = encodeURIComponent(deflated(scene.requestXml({ from: vault })));
        const algorithm = encodeURIComponent(`${more}rsa-sha256`);
        const signed = `RelayState=r&SAMLRequest=${message}&SigAlg=${algorithm}`;
        const value = createSign('sha256').update(signed).sign(scene.key.pem, 'base64');
        return open(`${scene.url}/saml/sso?${signed}&Signature=${encodeURIComponent(value)}`);
      },
    ],
    [
      'with a RelayState that was put on',
      () => open(`${scene.signedRedirect(scene.requestXml({ from: vault }))}&RelayState=evil`),
    ],
    [
      'with another RelayState',
      () =>
        open(scene.signedRedirect(scene.requestXml({ from: vault }), 'r').replace('=r&', '=s&')),
    ],
    [
      'with its name percent-encoded',
      () => open(scene.redirect(scene.requestXml()).replace('SAMLRequest', '%53AMLRequest')),
    ],
    [
      'twice in the query',
      () =>
        open(
          `${scene.redirect(scene.requestXml())}&SAMLRequest=${encodeURIComponent(deflated(scene.requestXml()))}`,
        ),
    ],
    [
      'and a response in the query',
      () => open(`${scene.redirect(scene.requestXml())}&SAMLResponse=AAAA`),
    ],
    [
      'a response instead',
      () => open(scene.redirect(scene.requestXml()).replace('SAMLRequest', 'SAMLResponse')),
    ],
    [
      'a request to sign out',
      () =>
        open(
          scene.signedRedirect(
            scene.requestXml(
              { from: vault, content: '<saml:NameID>a</saml:NameID>' },
              'LogoutRequest',
            ),
          ),
        ),
    ],
    ['nothing', () => open(`${scene.url}/saml/sso`)],
  ])('%s => 400', async (_, attack) => {
    await refusedInPlace(attack, 'DB-404');
  });

  test('one message in the query and another in the form => 400', async () => {
    await refusedInPlace(async () => {
      const query = new URL(scene.redirect(scene.requestXml())).search;
      return scene.post(scene.requestXml(), undefined, `/saml/sso${query}`);
    }, 'DB-404');
  });

  test('the same field twice in the form => 400', async () => {
    const message = Buffer.from(scene.requestXml()).toString('base64');
    const fields = [
      ['SAMLRequest', message],
      ['SAMLRequest', message],
    ];
    const visit = await new TestBrowser().request(`${scene.url}/saml/sso`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    expectRefusalPage(visit);
  });

  test('forged from a genuine one in every way that is known => 400', async () => {
    const genuine = peerSigned(scene.requestXml({ from: vault, id: '_genuine' }), scene.key);
    const evil = scene.requestXml({
      from: vault,
      id: '_evil',
      attributes: 'ForceAuthn="false"',
    });
    const forged = forgeries(genuine, evil);
    expect(forged.length).toBeGreaterThan(15);
    for (const { xml } of forged) await refusedInPlace(() => scene.post(xml), 'DB-404');
    // And the genuine one is still good: no forgery used it up.
    expect((await scene.post(genuine)).status).toBe(303);
  });
});

describe('B79: what is trusted and cannot be served is told to the registered address', () => {
  const context = (classRef: string, comparison = 'exact') =>
    `<samlp:RequestedAuthnContext Comparison="${comparison}"><saml:AuthnContextClassRef>${classRef}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`;
  const policy = (attributes: string) => `<samlp:NameIDPolicy ${attributes}/>`;

  test.each<[string, RequestParts, string[]]>([
    ['IsPassive without a session', { attributes: 'IsPassive="true"' }, ['Responder', 'NoPassive']],
    [
      'IsPassive and ForceAuthn without a session',
      { attributes: 'IsPassive="true" ForceAuthn="true"' },
      ['Responder', 'NoPassive'],
    ],
    ['a class nobody can prove', { content: context('urn:x') }, ['Responder', 'NoAuthnContext']],
    [
      'better than the best',
      { content: context('https://refeds.org/profile/mfa', 'better') },
      ['Responder', 'NoAuthnContext'],
    ],
    [
      'a class of markup',
      { content: context('&lt;/saml:AuthnContextClassRef&gt;') },
      ['Responder', 'NoAuthnContext'],
    ],
    [
      'a format of name that is not given',
      { content: policy('Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity"') },
      ['Requester', 'InvalidNameIDPolicy'],
    ],
    [
      'an encrypted name',
      { content: policy('Format="urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted"') },
      ['Requester', 'InvalidNameIDPolicy'],
    ],
    [
      'an address that the service is not to know',
      { content: policy('Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"') },
      ['Requester', 'InvalidNameIDPolicy'],
    ],
    [
      'the name that another service knows',
      { content: policy(`SPNameQualifier="${entityIdOf('intranet')}"`) },
      ['Requester', 'InvalidNameIDPolicy'],
    ],
  ])('%s', async (_, parts, status) => {
    const id = freshId();
    const page = await asked({ id, ...parts });
    expect(statusOf(page)).toEqual(status);
    expect(formOf(page).action).toBe(consumerOf('wiki'));
    const xml = answerXml(page) ?? '';
    expect(xml).toContain(`InResponseTo="${id}"`);
    expect(xml).toContain('<ds:Signature ');
    expect(hasAssertion(page)).toBe(false);
  });

  test('somebody else than the one who is here is UnknownPrincipal, whatever the format', async () => {
    const { browser } = await scene.inWiki();
    const content = '<saml:Subject><saml:NameID>somebody-else</saml:NameID></saml:Subject>';
    const page = await open(scene.redirect(scene.requestXml({ content })), browser);
    expect(statusOf(page)).toEqual(['Responder', 'UnknownPrincipal']);
  });
});

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

describe('I1: a request is used once', () => {
  test('twenty at once, with a session: one answer', async () => {
    const { browser } = await scene.inWiki();
    const url = scene.redirect(scene.requestXml());
    const pages = await Promise.all(Array.from({ length: 20 }, () => browser.open(url)));
    expect(pages.filter(hasAssertion)).toHaveLength(1);
    expect(pages.filter(({ status }) => status === 400)).toHaveLength(19);
  });

  test('twenty at once by POST: one is parked, and its handle twenty times at once gives one answer', async () => {
    const { browser } = await scene.inWiki();
    const xml = scene.requestXml();
    const posted = await Promise.all(Array.from({ length: 20 }, () => scene.post(xml)));
    const [parked, ...others] = posted.filter(({ status }) => status === 303);
    expect(others).toEqual([]);
    const pages = await Promise.all(
      Array.from({ length: 20 }, () => browser.open(parked?.location ?? '')),
    );
    expect(pages.filter(hasAssertion)).toHaveLength(1);
    expect(pages.filter(({ status }) => status !== 200)).toHaveLength(19);
  });
});

describe('M1, B76: whose sign-in it is', () => {
  test('a parked request that somebody else opens is answered for them, at the registered address, and for nobody else', async () => {
    const attacker = await scene.inWiki();
    const victim = await scene.inWiki();
    const parked = await scene.post(scene.requestXml());
    const page = await victim.browser.open(parked.location ?? '');
    expect(formOf(page).action).toBe(consumerOf('wiki'));
    expect(hasAssertion(page)).toBe(true);
    const again = await attacker.browser.open(parked.location ?? '');
    expect(failureOnPage(again)?.code).toBe('DB-301');
    expect(answerXml(again)).toBeNull();
  });

  test('a handle somebody made up, or one of something else, is none', async () => {
    const begun = await open(scene.redirect(scene.requestXml()));
    const id = begun.url.split('/').pop() ?? '';
    for (const handle of ['x', 'a'.repeat(22), id, '..%2f..%2f', `${'a'.repeat(5000)}`]) {
      const visit = await open(`${scene.url}/saml/continue/${handle}`);
      expect(visit.status).toBeGreaterThanOrEqual(400);
      expect(answerXml(visit)).toBeNull();
    }
  });

  test('the page an attacker began does not become the victim’s: neither gets in by it', async () => {
    const attacker = new TestBrowser();
    const page = await attacker.open(scene.redirect(scene.requestXml()));
    const victim = new TestBrowser();
    const who = await scene.somebody({ otp: false });
    const { action, hidden } = formOf(page);
    const fields = { ...hidden, username: who.username, password: PASSWORD };
    const visit = await victim.open(page.url);
    expect(visit.body).not.toContain('name="password"');
    const posted = await victim.request(action, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    expect(posted.status).toBeGreaterThanOrEqual(400);
    expect(hasAssertion(await attacker.open(scene.redirect(scene.requestXml())))).toBe(false);
  });

  test('B60: with only the password done, every way in asks again', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const from = entityIdOf('intranet');
    const page = await browser.open(scene.redirect(scene.requestXml({ from })));
    const otp = await browser.submit(page, { username: who.username, password: PASSWORD });
    expect(otp.body).toContain('name="code"');
    for (const url of [
      scene.redirect(scene.requestXml({ from })),
      scene.redirect(scene.requestXml()),
      `${scene.url}/saml/start/intranet`,
      `${scene.url}/saml/start/wiki`,
      (await scene.post(scene.requestXml())).location ?? '',
    ]) {
      const visit = await browser.open(url);
      expect(visit.body).toContain('name="password"');
      expect(answerXml(visit)).toBeNull();
    }
    const passive = await browser.open(
      scene.redirect(scene.requestXml({ attributes: 'IsPassive="true"' })),
    );
    expect(statusOf(passive)).toEqual(['Responder', 'NoPassive']);
    const arrive = await browser.open(
      `${scene.url}/saml/arrive/${otp.url.split('/').find((part) => part.startsWith('sgn')) ?? 'sgn'}`,
    );
    expect(answerXml(arrive)).toBeNull();
  });

  test('a session of one factor is not enough where two are asked for', async () => {
    const { browser } = await scene.inWiki();
    const from = entityIdOf('intranet');
    for (const url of [
      scene.redirect(scene.requestXml({ from })),
      `${scene.url}/saml/start/intranet`,
    ]) {
      expect(hasAssertion(await browser.open(url))).toBe(false);
    }
    const passive = scene.requestXml({ from, attributes: 'IsPassive="true"' });
    expect(statusOf(await browser.open(scene.redirect(passive)))[0]).toBe('Responder');
  });
});

describe('S19: RelayState', () => {
  const hostile = [
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    'https://evil.example/',
    '//evil.example',
    'javascript:alert(1)',
    '</textarea></form><form action="https://evil.example">',
    '{{constructor.constructor("alert(1)")()}}',
    '\u{202e}\u{2028}&amp;&quot;%22%3e',
    'x'.repeat(4096),
    'ü'.repeat(2048),
  ];

  test.each(hostile)('comes back as it was and does nothing: %.40s', async (relayState) => {
    const { browser } = await scene.inWiki();
    const posted = await scene.post(scene.requestXml(), relayState);
    for (const url of [
      scene.redirect(scene.requestXml(), relayState),
      posted.location ?? '',
      `${scene.url}/saml/start/wiki?RelayState=${encodeURIComponent(relayState)}`,
    ]) {
      const page = await browser.open(url);
      expect(page.location).toBeNull();
      expect(formOf(page).action).toBe(consumerOf('wiki'));
      expect(formOf(page).hidden['RelayState']).toBe(relayState);
      expect(page.body).not.toMatch(/<script>alert|<img src=x|<form action="https:\/\/evil/);
      expect(page.body.match(/<form/g)).toHaveLength(1);
    }
  });

  test.each(['x'.repeat(4097), 'ü'.repeat(2049), 'a\0b'])(
    'that is none => 400',
    async (relayState) => {
      await refusedInPlace(() => open(scene.redirect(scene.requestXml(), relayState)), 'DB-404');
      await refusedInPlace(() => scene.post(scene.requestXml(), relayState), 'DB-404');
      const start = `${scene.url}/saml/start/wiki?RelayState=${encodeURIComponent(relayState)}`;
      await refusedInPlace(() => open(start), 'DB-404');
    },
  );
});

describe('S9: we are the issuer', () => {
  test('an ID of every kind of letter comes back as it was, and adds nothing', async () => {
    const { browser } = await scene.inWiki();
    for (const id of ['_ä.ö-ü', 'Ω·́', `_${'a'.repeat(200)}`, '_--']) {
      const page = await browser.open(scene.redirect(scene.requestXml({ id })));
      const xml = answerXml(page) ?? '';
      expect(xml.match(/InResponseTo="([^"]*)"/g)).toEqual(Array(2).fill(`InResponseTo="${id}"`));
    }
  });

  test('a name of markup is one value of one attribute', async () => {
    const evil = '</saml:AttributeValue><saml:Attribute Name="role">admin<!--&amp;]]>';
    const attributes = { name: 'name', mail: 'mail' };
    const wiki = scene.server.registry.byId('wiki');
    const settings = { ...(wiki?.settings as object), attributes };
    await scene.withParty('wiki', { settings: settings as never }, async () => {
      const { browser, id } = await scene.inWiki();
      await scene.server.drawbridge.parts.people.update(id as never, { name: evil });
      const page = await browser.open(scene.redirect(scene.requestXml()));
      const xml = answerXml(page) ?? '';
      expect(xml.match(/<saml:Attribute /g)).toHaveLength(2);
      expect(xml).not.toContain('<saml:Attribute Name="role"');
      expect(xml).toContain('&lt;saml:Attribute Name="role"&gt;admin&lt;!--&amp;amp;]]&gt;');
    });
  });
});

describe('S15: what is disabled is so on every way in', () => {
  test('a service: by request, when the parked one goes on, from our side, and on arrival', async () => {
    const { browser } = await scene.inWiki();
    const parked = await scene.post(scene.requestXml());
    const newcomer = new TestBrowser();
    const who = await scene.somebody({ otp: false });
    const page = await newcomer.open(scene.redirect(scene.requestXml()));
    const left = await newcomer.post(page, { username: who.username, password: PASSWORD });
    await scene.withParty('wiki', { enabled: false }, async () => {
      for (const visit of [
        await browser.open(scene.redirect(scene.requestXml())),
        await scene.post(scene.requestXml()),
        await browser.open(parked.location ?? ''),
        await browser.open(`${scene.url}/saml/start/wiki`),
        await newcomer.follow(left),
      ]) {
        expect(failureOnPage(visit)?.code).toBe('DB-403');
        expect(answerXml(visit)).toBeNull();
      }
    });
  });

  test('a consumer that is no longer registered gets nothing, mid-flow', async () => {
    const { browser } = await scene.inWiki();
    const parked = await scene.post(scene.requestXml());
    const wiki = scene.server.registry.byId('wiki');
    const settings = wiki?.settings as { metadata: { acs: object[] } };
    const acs = settings.metadata.acs.map((one) => ({ ...one, url: 'http://127.0.0.1:7200/new' }));
    const changed = { ...settings, metadata: { ...settings.metadata, acs } };
    await scene.withParty('wiki', { settings: changed as never }, async () => {
      const visit = await browser.open(parked.location ?? '');
      expect(failureOnPage(visit)?.code).toBe('DB-405');
      expect(answerXml(visit)).toBeNull();
    });
  });

  test('a person: their session opens nothing any more', async () => {
    const { browser, id } = await scene.inWiki();
    const parked = await scene.post(scene.requestXml());
    await scene.server.drawbridge.parts.people.disable(id as never);
    for (const url of [
      scene.redirect(scene.requestXml()),
      parked.location ?? '',
      `${scene.url}/saml/start/wiki`,
    ]) {
      expect(answerXml(await browser.open(url))).toBeNull();
    }
    const passive = scene.requestXml({ attributes: 'IsPassive="true"' });
    expect(statusOf(await browser.open(scene.redirect(passive)))).toEqual([
      'Responder',
      'NoPassive',
    ]);
  });

  test('a person: in the middle of a sign-in from our side', async () => {
    const who = await scene.somebody({ otp: false });
    const browser = new TestBrowser();
    const page = await browser.open(`${scene.url}/saml/start/wiki`);
    const left = await browser.post(page, { username: who.username, password: PASSWORD });
    await scene.server.drawbridge.parts.people.disable(who.id as never);
    expect(hasAssertion(await browser.follow(left))).toBe(false);
  });
});
