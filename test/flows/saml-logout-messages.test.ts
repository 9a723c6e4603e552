import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TestBrowser, formOf, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import {
  byPost,
  byRedirect,
  participation,
  requestOf,
  responseByRedirect,
} from '../support/saml/logout-messages.js';
import { listed, LogoutScene, type Visitor } from '../support/saml/logout-scene.js';
import { walk } from '../support/saml/walk.js';
import { encryptedId } from '../unit/saml-core/support/encrypted-id.js';
import { peerSigned } from '../unit/saml-core/support/peer-signature.js';

let scene: LogoutScene;
beforeAll(async () => {
  scene = await LogoutScene.set();
});
afterAll(() => scene.close());
beforeEach(() => scene.everybodyBehaves());

const slo = () => `${scene.server.url}/saml/slo`;

/** From another site: the form comes without cookies, the GET that follows it with them. */
async function posted(browser: TestBrowser, fields: Record<string, string>): Promise<Visit> {
  const poster = new TestBrowser();
  const parked = await poster.request(slo(), {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  expect(parked.headers.getSetCookie()).toEqual([]);
  return parked.location === null ? parked : browser.request(parked.location);
}

/** Status codes of an answer that is on its way by Redirect or on a page that posts. */
function statusOf(visit: Visit): string[] {
  const xml =
    visit.location === null
      ? Buffer.from(formOf(visit).hidden['SAMLResponse'] ?? '', 'base64')
      : inflateRawSync(
          Buffer.from(new URL(visit.location).searchParams.get('SAMLResponse') ?? '', 'base64'),
        );
  const codes = xml.toString().matchAll(/status:(\w+)"/g);
  return [...codes].map(([, code]) => code ?? '');
}

async function expectRefused(visit: Visit, who: Visitor): Promise<void> {
  expect(visit.status).toBe(400);
  expect(failureOnPage(visit)?.reference).toBeTruthy();
  expect(visit.location).toBeNull();
  expect(await scene.isSignedIn(who.browser)).toBe(true);
}

describe('a request to log out', () => {
  test('by POST ends the session, and is answered by POST', async () => {
    const who = await scene.entered(['wiki', 'intranet']);
    const fields = await byPost(
      await requestOf(scene, who, 'wiki'),
      scene.services.wiki,
      'to & fro',
    );
    const started = await posted(who.browser, fields);
    const { trail } = await walk(who.browser, started);
    expect(trail.at(-1)).toBe(`${scene.services.wiki.url}/slo`);
    expect(await scene.isSignedIn(who.browser)).toBe(false);
    expect(await scene.inside(who.browser, ['intranet'])).toEqual([]);
    const tour = trail.filter((url) => url.includes('/logout/services/')).at(-1) ?? '';
    const answer = await who.browser.request(tour);
    expect(formOf(answer).hidden['RelayState']).toBe('to & fro');
    expect(statusOf(answer)).toEqual(['Success']);
  });

  test('names nobody in the clear: an EncryptedID is read', async () => {
    const who = await scene.entered(['wiki']);
    const { nameId } = await participation(scene, who, 'wiki');
    const metadata = await (await fetch(`${scene.server.url}/saml/metadata`)).text();
    const certificate =
      /use="encryption".*?<ds:X509Certificate>([^<]+)</s.exec(metadata)?.[1] ?? '';
    const pem = `-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`;
    const content =
      `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="${nameId.format}"` +
      ` NameQualifier="${nameId.nameQualifier}" SPNameQualifier="${nameId.spNameQualifier}">${nameId.value}</saml:NameID>`;
    const xml =
      '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
      ` xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_e${Date.now()}" Version="2.0"` +
      ` IssueInstant="${new Date().toISOString()}" Destination="${slo()}">` +
      `<saml:Issuer>https://wiki.example.org/saml</saml:Issuer>${encryptedId(content, pem)}</samlp:LogoutRequest>`;
    const signed = peerSigned(xml, scene.services.wiki.key);
    const fields = { SAMLRequest: Buffer.from(signed).toString('base64') };
    const answer = await who.browser.follow(await posted(who.browser, fields));
    expect(statusOf(answer)).toEqual(['Success']);
    expect(await scene.isSignedIn(who.browser)).toBe(false);
  });

  test('without a session index means the session it came with', async () => {
    const who = await scene.entered(['archive']);
    const request = await requestOf(scene, who, 'archive', { sessionIndexes: [] });
    await who.browser.open(await byRedirect(request, scene.services.archive));
    expect(await scene.isSignedIn(who.browser)).toBe(false);
  });

  test('B81: about another session, another person or by somebody who was not told => denied, session alive', async () => {
    const who = await scene.entered(['intranet']);
    const { archive, intranet } = scene.services;
    const own = await requestOf(scene, who, 'intranet');
    const cases = [
      [{ ...own, sessionIndexes: ['_other'] }, intranet, ['Requester', 'RequestDenied']],
      [
        { ...own, nameId: { ...own.nameId, value: 'somebody' } },
        intranet,
        ['Requester', 'UnknownPrincipal'],
      ],
      [
        { ...own, nameId: { ...own.nameId, spNameQualifier: 'https://evil.example' } },
        intranet,
        ['Requester', 'UnknownPrincipal'],
      ],
      [
        { ...own, issuer: 'https://archive.example.org/saml' },
        archive,
        ['Requester', 'RequestDenied'],
      ],
      [{ ...own, notOnOrAfter: Date.now() - 1_000 }, intranet, ['Requester', 'RequestDenied']],
    ] as const;
    for (const [request, service, status] of cases) {
      const answer = await who.browser.request(await byRedirect(request, service, 'back'));
      expect(statusOf(answer)).toEqual(status);
      expect(new URL(answer.location ?? '').searchParams.get('RelayState')).toBe('back');
      expect(await scene.isSignedIn(who.browser)).toBe(true);
    }
  });

  test('B81: unsigned, by a stranger, misdirected, old, of the future or seen before => refused, session alive', async () => {
    const who = await scene.entered(['intranet', 'wiki']);
    const { intranet, wiki } = scene.services;
    const own = await requestOf(scene, who, 'intranet');
    const unsigned = new URL(await byRedirect(own, intranet));
    unsigned.searchParams.delete('SigAlg');
    unsigned.searchParams.delete('Signature');
    await expectRefused(await who.browser.request(unsigned.href), who);
    await expectRefused(await who.browser.request(await byRedirect(own, wiki)), who);
    for (const changes of [
      { issuer: 'https://nobody.example' },
      { destination: `${scene.server.url}/saml/sso` },
      { issueInstant: Date.now() - 6 * 60_000 },
      { issueInstant: Date.now() + 4 * 60_000 },
    ]) {
      const changed = { ...own, ...changes };
      const url = (await byRedirect(changed, intranet)).replace('/saml/sso', '/saml/slo');
      await expectRefused(await who.browser.request(url), who);
      await expectRefused(await posted(who.browser, await byPost(changed, intranet)), who);
    }
    const once = await byRedirect({ ...own, sessionIndexes: ['_other'] }, intranet);
    expect(statusOf(await who.browser.request(once))).toContain('RequestDenied');
    await expectRefused(await who.browser.request(once), who);
  });

  test('many times at once ends one session, and is taken once', async () => {
    const who = await scene.entered(['intranet']);
    const url = await byRedirect(await requestOf(scene, who, 'intranet'), scene.services.intranet);
    const answers = await Promise.all(Array.from({ length: 8 }, () => who.browser.request(url)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(7);
    expect(await scene.isSignedIn(who.browser)).toBe(false);
  });

  test('that was posted is continued once', async () => {
    const who = await scene.entered(['wiki']);
    const fields = await byPost(await requestOf(scene, who, 'wiki'), scene.services.wiki);
    const parked = await new TestBrowser().request(slo(), {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    await who.browser.request(parked.location ?? '');
    expect((await who.browser.request(parked.location ?? '')).status).toBe(400);
  });
});

describe('an answer to a logout request of ours', () => {
  /** A browser that has just been sent to the intranet, with the message it brings. */
  async function sent() {
    const who = await scene.entered(['intranet', 'archive']);
    const start = await scene.signOut(who.browser);
    const tour = new URL(
      /url=([^"]*)"/.exec(start.body)?.[1] ?? start.location ?? '',
      scene.server.url,
    ).href;
    const away = await who.browser.request(tour);
    const { searchParams } = new URL(away.location ?? '');
    const message = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64'));
    const id = / ID="([^"]+)"/.exec(message.toString())?.[1] ?? '';
    const isArchive = away.location?.startsWith(scene.services.archive.url) === true;
    const [asked, other] = isArchive
      ? ([scene.services.archive, scene.services.intranet] as const)
      : ([scene.services.intranet, scene.services.archive] as const);
    return { who, tour, id, handle: searchParams.get('RelayState') ?? '', asked, other };
  }

  test('leads on, twice and late as well, and counts once', async () => {
    const { who, tour, id, handle, asked } = await sent();
    const answer = await responseByRedirect(scene, asked, id, handle);
    // The person has pressed reload meanwhile, and the other service has been told.
    await walk(who.browser, tour);
    const late = await who.browser.request(answer);
    expect(late.location).toBe(tour);
    const again = await who.browser.request(answer);
    expect(again.location).toBe(tour);
    const { page } = await walk(who.browser, tour);
    expect(new URL(page.url).pathname).toBe('/account/signed-out');
  });

  test('of another service, to another message or by another browser changes nothing', async () => {
    const { who, tour, id, handle, asked, other } = await sent();
    const wrong = [
      await responseByRedirect(scene, other, id, handle),
      await responseByRedirect(scene, asked, '_unasked', handle),
      await responseByRedirect(scene, asked, id, 'x'.repeat(22)),
      await responseByRedirect(scene, asked, id, ''),
    ];
    for (const url of wrong) {
      const visit = await who.browser.request(url);
      expect([visit.status, visit.location]).toEqual([400, null]);
    }
    const stranger = new TestBrowser();
    const theirs = await stranger.request(await responseByRedirect(scene, asked, id, handle));
    expect(theirs.status).toBe(400);
    const { page } = await walk(who.browser, tour);
    expect(listed(page).unreached).toEqual([`Service ${asked.id}`]);
  });

  test('that cannot be believed is not counted, and the browser goes on all the same', async () => {
    const { who, tour, id, handle, asked, other } = await sent();
    const forged = await responseByRedirect(scene, { id: asked.id, key: other.key }, id, handle);
    const visit = await who.browser.request(forged);
    expect([visit.status, visit.location]).toEqual([303, tour]);
    const { page } = await walk(who.browser, tour);
    expect(listed(page)).toEqual({
      unreached: [`Service ${asked.id}`],
      reached: [`Service ${other.id}`],
    });
  });

  test('that tells of a partial logout is one of a service that knows', async () => {
    const { who, id, handle, asked } = await sent();
    const status = { status: 'Responder', subStatus: 'PartialLogout' } as const;
    const answer = await responseByRedirect(scene, asked, id, handle, status);
    const { page } = await walk(who.browser, answer);
    expect(new URL(page.url).pathname).toBe('/account/signed-out');
  });
});
