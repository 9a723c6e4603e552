import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHmac, createSign } from 'node:crypto';
import { formOf, TestBrowser, type Visit } from '../support/browser.js';
import { statusOf } from '../support/saml/saml-client.js';
import { forgeries } from '../unit/saml-core/support/forgeries.js';
import { deflated } from '../unit/saml-core/support/genuine.js';
import { testKey } from '../unit/saml-core/support/key-pairs.js';
import { peerQuery } from '../unit/saml-core/support/peer-signature.js';
import { expectRefusalPage } from './support/ledger.js';
import { expectRefusedInPlace } from './support/refused-in-place.js';
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

const refusedInPlace = (attack: () => Promise<Visit>, code: string) =>
  expectRefusedInPlace(scene, attack, code);
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

  test('for an address that is nearly ours => 400', async () => {
    const ours = `${scene.url}/saml/sso`;
    for (const destination of [
      `${ours}/`,
      `${ours}?`,
      `${ours}#`,
      ours.replace('localhost', 'LOCALHOST'),
      ours.replace('localhost', '127.0.0.1'),
      ours.replace('sso', 'slo'),
      ours.replace('sso', 'default/sso'),
      ` ${ours}`,
      scene.url,
    ]) {
      await refusedInPlace(() => asked({ destination }), 'DB-404');
    }
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
