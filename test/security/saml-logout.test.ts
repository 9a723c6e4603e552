import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inflateRawSync } from 'node:zlib';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { forgeries } from '../unit/saml-core/support/forgeries.js';
import { deflated } from '../unit/saml-core/support/genuine.js';
import { testKey } from '../unit/saml-core/support/key-pairs.js';
import { peerQuery } from '../unit/saml-core/support/peer-signature.js';
import { expectRefusalPage } from './support/ledger.js';
import {
  entityIdOf,
  freshId,
  hasAssertion,
  peerSigned,
  setSamlScene,
  toldIn,
  type RequestParts,
  type SamlScene,
} from './support/saml-scene.js';

let scene: SamlScene;
beforeAll(async () => {
  scene = await setSamlScene();
});
afterAll(() => scene.close());

const slo = '/saml/slo';
type InWiki = Awaited<ReturnType<SamlScene['inWiki']>>;

/** A request of `wiki` to sign somebody out. */
function logoutXml(who: Pick<InWiki, 'nameId' | 'sessionIndex'>, parts: RequestParts = {}): string {
  const { nameId, sessionIndex } = who;
  const content = `${nameId}<samlp:SessionIndex>${sessionIndex}</samlp:SessionIndex>`;
  return scene.requestXml({ content, ...parts }, 'LogoutRequest', slo);
}

const byRedirect = (xml: string, relayState?: string) => scene.signedRedirect(xml, relayState, slo);

/** Whether the browser still has its session: asked in a way that shows nothing. */
async function isIn({ browser }: Pick<InWiki, 'browser'>): Promise<boolean> {
  const quiet = scene.requestXml({ attributes: 'IsPassive="true"' });
  return hasAssertion(await browser.open(scene.redirect(quiet)));
}

/** Status codes of the answer that a browser takes to `wiki` by Redirect; `null` where it goes nowhere. */
function answered(visit: Visit): { codes: string[]; url: URL } | null {
  if (visit.location === null) return null;
  const url = new URL(visit.location);
  const message = url.searchParams.get('SAMLResponse');
  if (message === null) return null;
  const xml = inflateRawSync(Buffer.from(message, 'base64')).toString();
  const codes = [...xml.matchAll(/status:(\w+)"/g)].map(([, code]) => code ?? '');
  return { codes, url };
}

function expectAnsweredToWiki(visit: Visit, codes: string[]): void {
  const answer = answered(visit);
  expect(answer?.codes).toEqual(codes);
  expect(`${answer?.url.origin}${answer?.url.pathname}`).toBe(`${scene.services}/wiki/slo`);
  expect(answer?.url.searchParams.get('Signature')).not.toBeNull();
}

test('a good one ends the session: what is refused below is not refused for being built badly', async () => {
  const who = await scene.inWiki();
  expectAnsweredToWiki(await who.browser.open(byRedirect(logoutXml(who), 'r')), ['Success']);
  expect(await isIn(who)).toBe(false);
  const posted = await scene.inWiki();
  const parked = await scene.post(peerSigned(logoutXml(posted), scene.key), 'r', slo);
  expectAnsweredToWiki(await posted.browser.open(parked.location ?? ''), ['Success']);
  expect(await isIn(posted)).toBe(false);
});

describe('B81: a request that cannot be trusted => 400, session alive', () => {
  test.each<[string, (who: InWiki) => string]>([
    ['unsigned', (who) => scene.redirect(logoutXml(who), undefined, slo)],
    [
      'signed by a stranger',
      (who) =>
        `${scene.url}${slo}?${peerQuery('SAMLRequest', deflated(logoutXml(who)), testKey())}`,
    ],
    [
      'signed by another service',
      (who) =>
        `${scene.url}${slo}?${peerQuery('SAMLRequest', deflated(logoutXml(who)), scene.otherKey)}`,
    ],
    [
      'signed with SHA-1',
      (who) =>
        `${scene.url}${slo}?${peerQuery('SAMLRequest', deflated(logoutXml(who)), scene.key, {
          algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
          hash: 'sha1',
        })}`,
    ],
    [
      'for the address of single sign-on',
      (who) => byRedirect(logoutXml(who, { destination: `${scene.url}/saml/sso` })),
    ],
    ['for no address', (who) => byRedirect(logoutXml(who, { destination: null }))],
    ['old', (who) => byRedirect(logoutXml(who, { issuedIn: -301 }))],
    ['of the future', (who) => byRedirect(logoutXml(who, { issuedIn: 181 }))],
    ['of SAML 1.1', (who) => byRedirect(logoutXml(who, { version: '1.1' }))],
    [
      'of a service nobody knows',
      (who) => byRedirect(logoutXml(who, { from: 'https://evil.example' })),
    ],
    ['with a RelayState that was put on', (who) => `${byRedirect(logoutXml(who))}&RelayState=evil`],
    [
      'with its name percent-encoded',
      (who) => byRedirect(logoutXml(who)).replace('SAMLRequest', '%53AMLRequest'),
    ],
    ['twice', (who) => `${byRedirect(logoutXml(who))}&SAMLRequest=AAAA`],
    ['as a response', (who) => byRedirect(logoutXml(who)).replace('SAMLRequest', 'SAMLResponse')],
    ['to sign in', () => byRedirect(scene.requestXml({}, 'AuthnRequest', slo))],
    [
      'with a comment in the name',
      (who) =>
        byRedirect(
          logoutXml({ ...who, nameId: who.nameId.replace('</saml', '<!-- -->.evil</saml') }),
        ),
    ],
    ['for nobody', (who) => byRedirect(logoutXml({ ...who, nameId: '' }))],
    ['with no message at all', () => `${scene.url}${slo}`],
  ])('%s', async (_, urlOf) => {
    const who = await scene.inWiki();
    expectRefusalPage(await who.browser.open(urlOf(who)));
    expect(await isIn(who)).toBe(true);
  });

  test('forged from a genuine one of the attacker’s own, for the victim, in every way that is known', async () => {
    const attacker = await scene.inWiki();
    const victim = await scene.inWiki();
    const genuine = peerSigned(logoutXml(attacker, { id: '_genuine' }), scene.key);
    const forged = forgeries(genuine, logoutXml(victim, { id: '_evil' }));
    expect(forged.length).toBeGreaterThan(15);
    for (const { xml } of forged) {
      expectRefusalPage(await scene.post(xml, undefined, slo));
    }
    expect([await isIn(attacker), await isIn(victim)]).toEqual([true, true]);
  });

  test('replayed, by either binding', async () => {
    const who = await scene.inWiki();
    const xml = logoutXml(who);
    await who.browser.open(byRedirect(xml));
    const again = await scene.inWiki();
    expectRefusalPage(await again.browser.open(byRedirect(xml)));
    expectRefusalPage(await scene.post(peerSigned(xml, scene.key), undefined, slo));
    expect(await isIn(again)).toBe(true);
  });

  test('one message in the query and another in the form', async () => {
    const who = await scene.inWiki();
    const { search } = new URL(byRedirect(logoutXml(who)));
    const posted = peerSigned(logoutXml(who), scene.key);
    expectRefusalPage(await scene.post(posted, undefined, slo + search));
    expect(await isIn(who)).toBe(true);
  });

  test('of a service that is disabled', async () => {
    const who = await scene.inWiki();
    await scene.withParty('wiki', { enabled: false }, async () => {
      const visit = await who.browser.open(byRedirect(logoutXml(who)));
      expect(failureOnPage(visit)?.code).toBe('DB-403');
    });
    expect(await isIn(who)).toBe(true);
  });
});

describe('B81: a request that is trusted and not its business => denied, session alive', () => {
  test('past its NotOnOrAfter', async () => {
    const who = await scene.inWiki();
    const past = new Date(scene.clock.now() - 1000).toISOString();
    const xml = logoutXml(who, { attributes: `NotOnOrAfter="${past}"` });
    expectAnsweredToWiki(await who.browser.open(byRedirect(xml)), ['Requester', 'RequestDenied']);
    expect(await isIn(who)).toBe(true);
  });

  test('another person’s name, in the browser of somebody who was lured there', async () => {
    const attacker = await scene.inWiki();
    const victim = await scene.inWiki();
    const visit = await victim.browser.open(byRedirect(logoutXml(attacker)));
    expectAnsweredToWiki(visit, ['Requester', 'UnknownPrincipal']);
    expect(await isIn(victim)).toBe(true);
    const posted = peerSigned(logoutXml(attacker), scene.key);
    const parked = await scene.post(posted, undefined, slo);
    const visited = await victim.browser.open(parked.location ?? '');
    expectAnsweredToWiki(visited, ['Requester', 'UnknownPrincipal']);
    expect(await isIn(victim)).toBe(true);
  });

  test('another session of the same person', async () => {
    const who = await scene.inWiki();
    const other = { ...who, sessionIndex: '_somewhere-else' };
    const visit = await who.browser.open(byRedirect(logoutXml(other)));
    expectAnsweredToWiki(visit, ['Requester', 'RequestDenied']);
    expect(await isIn(who)).toBe(true);
  });

  test.each([
    [
      'its qualifier is another service’s',
      'SPNameQualifier="[^"]*"',
      `SPNameQualifier="https://x"`,
    ],
    ['its qualifier is another issuer’s', ' NameQualifier="[^"]*"', ` NameQualifier="https://x"`],
    ['its format is another', 'Format="[^"]*"', 'Format="urn:x"'],
  ])('a name that is not the one that was told: %s', async (_, from, to) => {
    const who = await scene.inWiki();
    const nameId = who.nameId.replace(new RegExp(from), to);
    expect(nameId).not.toBe(who.nameId);
    const visit = await who.browser.open(byRedirect(logoutXml({ ...who, nameId })));
    expectAnsweredToWiki(visit, ['Requester', 'UnknownPrincipal']);
    expect(await isIn(who)).toBe(true);
  });

  test('by a service that was not told of this session, with what another was told', async () => {
    const who = await scene.inWiki();
    const xml = logoutXml(who, { from: entityIdOf('vault') });
    const visit = await who.browser.open(byRedirect(xml));
    expect(answered(visit)?.codes).toEqual(['Requester', 'RequestDenied']);
    expect(answered(visit)?.url.pathname).toBe('/vault/slo');
    expect(await isIn(who)).toBe(true);
  });
});

describe('an answer to a logout of ours', () => {
  /** Somebody in two services signs out of one: the browser is on its way to the other one. */
  async function onTour() {
    const who = await scene.inWiki();
    const archive = scene.requestXml({ from: entityIdOf('archive') });
    const told = toldIn(await who.browser.open(scene.redirect(archive)));
    expect(told.nameId).not.toBe('');
    const page = await who.browser.open(byRedirect(logoutXml(who)));
    const link = /SAMLRequest=[^"'\s]*/.exec(page.location ?? page.body)?.[0] ?? '';
    const query = new URLSearchParams(link.replaceAll('&amp;', '&'));
    const xml = inflateRawSync(Buffer.from(query.get('SAMLRequest') ?? '', 'base64')).toString();
    const id = / ID="([^"]*)"/.exec(xml)?.[1] ?? '';
    return { ...who, id, handle: query.get('RelayState') ?? '' };
  }

  const responseXml = (inResponseTo: string, from = entityIdOf('archive')) =>
    scene.requestXml(
      {
        from,
        attributes: `InResponseTo="${inResponseTo}"`,
        content:
          '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>',
      },
      'LogoutResponse',
      slo,
    );
  const answerUrl = (xml: string, handle: string, key: SamlScene['key'] | null) =>
    `${scene.url}${slo}?${peerQuery('SAMLResponse', deflated(xml), key, { relayState: handle })}`;

  test('is taken from the one who was asked, in the browser that was sent', async () => {
    const { browser, id, handle } = await onTour();
    const visit = await browser.open(answerUrl(responseXml(id), handle, scene.otherKey));
    expect(answered(visit)?.codes).toEqual(['Success']);
  });

  test.each<[string, (tour: { id: string; handle: string }) => string]>([
    ['unsigned', ({ id, handle }) => answerUrl(responseXml(id), handle, null)],
    ['signed by a stranger', ({ id, handle }) => answerUrl(responseXml(id), handle, testKey())],
    [
      'by another service',
      ({ id, handle }) => answerUrl(responseXml(id, entityIdOf('vault')), handle, scene.key),
    ],
    [
      'to another message',
      ({ handle }) => answerUrl(responseXml(freshId()), handle, scene.otherKey),
    ],
  ])('forged is not counted: %s', async (_, forge) => {
    const tour = await onTour();
    const visit = await tour.browser.open(forge(tour));
    // Never that everybody was reached: it is refused, or the page on the way back names who was not.
    expect(answered(visit)).toBeNull();
    if (visit.status === 200) expect(visit.body).toContain('Service archive');
    else expectRefusalPage(visit);
  });

  test('in another browser changes nothing, nor does its handle', async () => {
    const { browser, id, handle } = await onTour();
    const stranger = await scene.inWiki();
    const url = answerUrl(responseXml(id), handle, scene.otherKey);
    const visit = await stranger.browser.open(url);
    expect(answered(visit)).toBeNull();
    const led = await stranger.browser.open(`${scene.url}/logout/services/${handle}`);
    expect(led.location).toBeNull();
    expect(led.body).not.toContain('SAMLRe');
    expect(await isIn(stranger)).toBe(true);
    // And the one whose it is goes on as if nothing had been.
    const own = await browser.open(answerUrl(responseXml(id), handle, scene.otherKey));
    expect(answered(own)?.codes).toEqual(['Success']);
  });

  test('that nobody asked for leads nowhere', async () => {
    const who = await scene.inWiki();
    for (const handle of ['https://evil.example', '//evil.example', 'a'.repeat(22)]) {
      const url = answerUrl(responseXml(freshId()), handle, scene.otherKey);
      expectRefusalPage(await who.browser.open(url));
    }
    expect(await isIn(who)).toBe(true);
  });
});

describe('S19: RelayState of a logout', () => {
  test.each([
    '"><script>alert(1)</script>',
    'https://evil.example/',
    'javascript:alert(1)',
    'x'.repeat(4096),
  ])('comes back as it was, to the registered address: %.40s', async (relayState) => {
    const who = await scene.inWiki();
    const visit = await who.browser.open(byRedirect(logoutXml(who), relayState));
    expectAnsweredToWiki(visit, ['Success']);
    expect(answered(visit)?.url.searchParams.get('RelayState')).toBe(relayState);
  });

  test('longer than that => 400, session alive', async () => {
    const who = await scene.inWiki();
    expectRefusalPage(await who.browser.open(byRedirect(logoutXml(who), 'x'.repeat(4097))));
    expect(await isIn(who)).toBe(true);
  });
});

test('B50: whoever makes a browser fetch addresses ends no session', async () => {
  const who = await scene.inWiki();
  for (const path of [
    slo,
    '/saml/slo/x',
    '/logout/services/x',
    '/saml/default/slo',
    '/account/sign-out',
  ]) {
    await who.browser.open(scene.url + path);
    await who.browser.request(scene.url + path, { method: 'POST', body: new URLSearchParams() });
  }
  expect(await isIn(who)).toBe(true);
});

test('I1: twenty at once by POST, and its handle twenty times at once: one is taken', async () => {
  const who = await scene.inWiki();
  const xml = peerSigned(logoutXml(who), scene.key);
  const posted = await Promise.all(
    Array.from({ length: 20 }, () => scene.post(xml, undefined, slo)),
  );
  const [parked, ...others] = posted.filter(({ status }) => status === 303);
  expect(others).toEqual([]);
  const visits = await Promise.all(
    Array.from({ length: 20 }, () => new TestBrowser().request(parked?.location ?? '')),
  );
  expect(visits.filter(({ status }) => status !== 400)).toHaveLength(1);
});
