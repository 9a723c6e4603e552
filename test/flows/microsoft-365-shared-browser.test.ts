import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { samlRequest } from '../../src/entra-twin/saml-request.js';
import { formOf, TestBrowser, type Visit } from '../support/browser.js';
import { makeKey } from '../support/entra-twin/test-key.js';
import { ManualClock } from '../support/manual-clock.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { ownGuid } from '../support/microsoft-365/own-guid.js';
import { startProfileServer } from '../support/microsoft-365/profile-scene.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { postedXml, statusOf } from '../support/saml/saml-client.js';
import type { TestServer } from '../support/start-server.js';

const LOGIN_SRF = 'https://login.microsoftonline.com/login.srf';

let server: TestServer;
let people = 0;
const clock = new ManualClock(Date.now());
beforeAll(async () => {
  const yaml = readFileSync('config/relying-parties/microsoft-365.yaml', 'utf8').replace(
    'domains: [example.com]',
    'domains: [example.com, north.example.org]',
  );
  server = await startProfileServer(yaml, { clock });
});
afterAll(() => server.close());

interface Someone {
  username: string;
  upn: string;
  immutableId: string;
  code: () => string;
}

async function somebody(domain: string | null, guid?: string): Promise<Someone> {
  people += 1;
  const own = ownGuid(people);
  const username = `shared-${people}`;
  const upn = domain === null ? null : `${username}@${domain}`;
  const { person, code } = await addPerson(server.drawbridge, username);
  const attributes = { objectGUID: [guid ?? own.guid] };
  await server.drawbridge.parts.people.update(person.id, { upn, attributes });
  return {
    username,
    upn: upn ?? '',
    immutableId: own.immutableId,
    code: () => {
      // One code is good once.
      clock.advance(30_000);
      return code();
    },
  };
}

/** Entra sends a browser, by either protocol. */
type Sends = (browser: TestBrowser, hint?: string, changes?: Changes) => Promise<Visit>;
interface Changes {
  subject?: string;
  format?: string;
  passive?: boolean;
}

const bySaml: Sends = async (browser, hint, { subject, format, passive = false } = {}) => {
  const passiveSignInUri = `${server.url}/saml/sso`;
  const { form } = await samlRequest(
    {
      form: 'unsigned-2024',
      passiveSignInUri,
      multiFactor: false,
      fresh: false,
      key: makeKey('x'),
    },
    { now: () => clock.now(), bytes: (length) => randomBytes(length) },
  );
  const fields = Object.fromEntries(form.fields);
  let xml = Buffer.from(fields['SAMLRequest'] ?? '', 'base64').toString();
  if (passive) xml = xml.replace(/ ID="/, ' IsPassive="true" ID="');
  if (subject !== undefined) {
    const kind = format === undefined ? '' : ` Format="${format}"`;
    const name = `<saml:Subject xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:NameID${kind}>${subject}</saml:NameID></saml:Subject>`;
    xml = xml.replace(/(<\/(?:\w+:)?Issuer>)/, `$1${name}`);
  }
  fields['SAMLRequest'] = Buffer.from(xml).toString('base64');
  const query = hint === undefined ? '' : `?username=${encodeURIComponent(hint)}`;
  const body = new URLSearchParams(fields);
  const arrived = await new TestBrowser().request(`${passiveSignInUri}${query}`, {
    method: 'POST',
    body,
  });
  return browser.follow(arrived);
};

const byWsFed: Sends = (browser, hint) => {
  const query = new URLSearchParams({
    wa: 'wsignin1.0',
    wtrealm: 'urn:federation:MicrosoftOnline',
    ...(hint === undefined ? {} : { username: hint }),
  });
  return browser.open(`${server.url}/wsfed?${query.toString()}`);
};

async function signedIn(browser: TestBrowser, page: Visit, who: Someone): Promise<Visit> {
  const code = await browser.submit(page, { username: who.username, password: PASSWORD });
  return browser.submit(code, { code: who.code() });
}

/** What Entra is told, whichever protocol. */
function tokenOf(page: Visit): string {
  const { action, hidden } = formOf(page);
  expect(action).toBe(LOGIN_SRF);
  return hidden['wresult'] ?? postedXml(page);
}

describe.each([
  ['SAML', bySaml],
  ['WS-Federation', byWsFed],
] as const)('by %s', (_protocol, sends) => {
  test('somebody else who is meant signs in anew, and nobody is told who was here before', async () => {
    const [bob, alice] = [await somebody('example.com'), await somebody('example.com')];
    const browser = new TestBrowser();
    expect(tokenOf(await signedIn(browser, await sends(browser), bob))).toContain(bob.upn);
    const asked = await sends(browser, alice.upn.toUpperCase());
    expect(asked.body).toContain('name="password"');
    expect(asked.body).toContain(`value="${alice.upn.toUpperCase()}"`);
    expect(tokenOf(await signedIn(browser, asked, alice))).toContain(alice.upn);
    // The session is hers now, so that she is not asked again.
    expect(tokenOf(await sends(browser, alice.upn))).toContain(alice.upn);
  });

  test('a name that nobody has here is somebody else’s too, and looks like one that somebody has', async () => {
    const [carl, ada] = [await somebody('example.com'), await somebody('example.com')];
    const browser = new TestBrowser();
    await signedIn(browser, await sends(browser), carl);
    const unknown = await sends(browser, 'nobody@example.com');
    expect(unknown.body).toContain('name="password"');
    expect(unknown.body).toContain('value="nobody@example.com"');
    const known = await sends(browser, ada.upn);
    const blank = (page: Visit, hint: string) =>
      page.body.replaceAll(hint, '').replaceAll(/[\w-]{16,}/g, '');
    expect(blank(unknown, 'nobody@example.com')).toBe(blank(known, ada.upn));
    expect(tokenOf(await sends(browser, carl.upn))).toContain(carl.upn);
  });

  test('whoever is here is let in by any of their names, and by one that is no UPN and nobody’s', async () => {
    const bob = await somebody('example.com');
    const browser = new TestBrowser();
    await signedIn(browser, await sends(browser), bob);
    for (const hint of [bob.upn, bob.username, 'nobody']) {
      expect(tokenOf(await sends(browser, hint))).toContain(bob.upn);
    }
  });

  test('whoever signs in all the same is answered for, once and without a circle', async () => {
    const [bob, alice] = [await somebody('example.com'), await somebody('example.com')];
    const browser = new TestBrowser();
    await signedIn(browser, await sends(browser), bob);
    const asked = await sends(browser, alice.upn);
    expect(tokenOf(await signedIn(browser, asked, bob))).toContain(bob.upn);
  });

  test.each([
    ['no upn', null],
    ['one of a foreign domain', 'evil.example'],
  ])('a session of somebody with %s does not keep others out', async (_name, domain) => {
    const [foreign, alice] = [await somebody(domain), await somebody('example.com')];
    const browser = new TestBrowser();
    const first = await signedIn(browser, await sends(browser), foreign);
    expect(first.body).not.toContain('Assertion');
    const asked = await sends(browser);
    expect(asked.body).toContain('name="password"');
    expect(tokenOf(await signedIn(browser, asked, alice))).toContain(alice.upn);
  });
});

describe('by SAML', () => {
  test('a Subject that means somebody else has them sign in; if it is another one all the same, Entra is told', async () => {
    const bob = await somebody('example.com');
    const alice = await somebody('example.com');
    const subject = alice.immutableId;
    const browser = new TestBrowser();
    await signedIn(browser, await bySaml(browser), bob);
    const again = await bySaml(browser, undefined, { subject });
    expect(again.body).toContain('name="password"');
    expect(statusOf(await signedIn(browser, again, bob))).toEqual([
      'Responder',
      'UnknownPrincipal',
    ]);
    const asked = await bySaml(browser, undefined, { subject });
    expect(tokenOf(await signedIn(browser, asked, alice))).toContain(alice.upn);
  });

  describe.each([
    ['without a format', null],
    ['unspecified', 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'],
    ['a mail address', 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
  ])('a Subject that is a UPN, %s,', (_name, format) => {
    const changes = (subject: string): Changes => ({
      subject,
      ...(format === null ? {} : { format }),
    });

    test('means the person who has it, fills in their name, and finds their session', async () => {
      const alice = await somebody('example.com');
      const browser = new TestBrowser();
      const asked = await bySaml(browser, undefined, changes(alice.upn.toUpperCase()));
      expect(asked.body).toContain(`value="${alice.upn.toUpperCase()}"`);
      expect(tokenOf(await signedIn(browser, asked, alice))).toContain(alice.upn);
      expect(tokenOf(await bySaml(browser, undefined, changes(alice.upn)))).toContain(alice.upn);
    });

    test('means nobody else', async () => {
      const [bob, alice] = [await somebody('example.com'), await somebody('example.com')];
      const browser = new TestBrowser();
      await signedIn(browser, await bySaml(browser), bob);
      const asked = await bySaml(browser, undefined, changes(alice.upn));
      expect(asked.body).toContain('name="password"');
      expect(statusOf(await signedIn(browser, asked, bob))).toEqual([
        'Responder',
        'UnknownPrincipal',
      ]);
    });

    test('means nobody in particular if nobody has it', async () => {
      const bob = await somebody('example.com');
      const browser = new TestBrowser();
      const asked = await bySaml(browser, undefined, changes('nobody@example.com'));
      expect(tokenOf(await signedIn(browser, asked, bob))).toContain(bob.upn);
    });
  });

  test('a Subject that is a UPN and says it is persistent has to be that of the assertion', async () => {
    const alice = await somebody('example.com');
    const browser = new TestBrowser();
    const format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
    const asked = await bySaml(browser, undefined, { subject: alice.upn, format });
    const status = ['Responder', 'UnknownPrincipal'];
    expect(statusOf(await signedIn(browser, asked, alice))).toEqual(status);
  });

  test('with a passive request nobody is asked', async () => {
    const [bob, alice] = [await somebody('example.com'), await somebody('example.com')];
    const browser = new TestBrowser();
    await signedIn(browser, await bySaml(browser), bob);
    const page = await bySaml(browser, alice.upn, { passive: true });
    expect(statusOf(page)).toEqual(['Responder', 'NoPassive']);
  });

  test('a status about somebody is signed by the issuer of their domain', async () => {
    const nils = await somebody('north.example.org', 'no GUID');
    const browser = new TestBrowser();
    const page = await signedIn(browser, await bySaml(browser), nils);
    expect(statusOf(page)).toEqual(['Responder']);
    expect(postedXml(page)).toContain(`>${server.url}/saml/north-example-org</saml:Issuer>`);
    const again = await bySaml(browser);
    expect(postedXml(again)).toContain(`>${server.url}/saml/north-example-org</saml:Issuer>`);
  });
});

test('by WS-Federation a person of another issuer than the address gets no token, and may sign in as another', async () => {
  const emil = await somebody('example.com');
  const browser = new TestBrowser();
  const query = new URLSearchParams({
    wa: 'wsignin1.0',
    wtrealm: 'urn:federation:MicrosoftOnline',
  });
  const url = `${server.url}/wsfed/north-example-org?${query.toString()}`;
  const refused = await signedIn(browser, await browser.open(url), emil);
  expect(failureOnPage(refused)?.code).toBe('DB-410');
  expect((await browser.open(url)).body).toContain('name="password"');
});
