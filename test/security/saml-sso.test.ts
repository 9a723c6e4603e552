import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formOf, TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { PASSWORD } from '../support/people.js';
import { statusOf } from '../support/saml/saml-client.js';
import { expectRefusedInPlace } from './support/refused-in-place.js';
import {
  answerXml,
  consumerOf,
  entityIdOf,
  hasAssertion,
  setSamlScene,
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
    await scene.withParty('wiki', { settings: settings }, async () => {
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
    await scene.withParty('wiki', { settings: changed }, async () => {
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
