import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { samlMetadata } from '../../src/entra-twin/microsoft-face.js';
import { samlRequest } from '../../src/entra-twin/saml-request.js';
import { formOf, TestBrowser, type Visit } from '../support/browser.js';
import { makeKey } from '../support/entra-twin/test-key.js';
import { failureOnPage } from '../support/failure-on-page.js';
import {
  entraLogoutXml,
  logoutQuery,
  signedLogout,
  type EntraLogout,
} from '../support/microsoft-365/entra-logout.js';
import { ownGuid } from '../support/microsoft-365/own-guid.js';
import { startProfileServer } from '../support/microsoft-365/profile-scene.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { startMetadataServer } from '../support/saml/metadata-server.js';
import { postedXml } from '../support/saml/saml-client.js';
import { until, untilEverywhere } from '../support/services/until.js';
import type { TestServer } from '../support/start-server.js';

const LOGIN_SRF = 'https://login.microsoftonline.com/login.srf';
const microsoft = makeKey('Live ID STS');
const publisher = await startMetadataServer();

const yaml = (more = '') =>
  [
    'id: microsoft-365',
    'name: Microsoft 365',
    'profile: microsoft-365',
    'domains: [example.com, north.example.org]',
    more,
  ].join('\n');

let server: TestServer;
let strict: TestServer;
let people = 0;
beforeAll(async () => {
  publisher.answer = await samlMetadata(microsoft, '_1');
  server = await startProfileServer(yaml(), { metadataUrl: publisher.url });
  strict = await startProfileServer(yaml('require_signed_requests: true'), {
    metadataUrl: publisher.url,
  });
}, 60_000);
afterAll(async () => {
  await server.close();
  await strict.close();
  await publisher.close();
});

interface SignedIn {
  browser: TestBrowser;
  immutableId: string;
  sessionIndex: string;
}

/** Somebody who has come from Entra by SAML, at the common address. */
async function signedIn(upn: string): Promise<SignedIn> {
  people += 1;
  const username = `leaver-${people}`;
  const { guid, immutableId } = ownGuid(people);
  const { person, code } = await addPerson(server.drawbridge, username);
  await server.drawbridge.parts.people.update(person.id, {
    upn,
    attributes: { objectGUID: [guid] },
  });
  const browser = new TestBrowser();
  const first = await asked(browser);
  const second = await browser.submit(first, { username, password: PASSWORD });
  const xml = postedXml(await browser.submit(second, { code: code() }));
  return { browser, immutableId, sessionIndex: / SessionIndex="([^"]+)"/.exec(xml)?.[1] ?? '' };
}

async function asked(browser: TestBrowser): Promise<Visit> {
  const { form } = await samlRequest(
    {
      ...{ form: 'unsigned-2024', passiveSignInUri: `${server.url}/saml/sso` },
      ...{ multiFactor: false, fresh: false, key: null },
    },
    { now: () => Date.now(), bytes: (length) => randomBytes(length) },
  );
  return post(browser, '/saml/sso', Object.fromEntries(form.fields));
}

/** From another site: without cookies, which the GET that follows has. */
async function post(
  browser: TestBrowser,
  path: string,
  fields: Record<string, string>,
): Promise<Visit> {
  const arrived = await new TestBrowser().request(`${server.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  return browser.follow(arrived);
}

const isSignedIn = async (browser: TestBrowser) =>
  (await asked(browser)).body.includes('name="SAMLResponse"');

const byRedirect = (
  { browser }: SignedIn,
  logout: EntraLogout,
  { path = '/saml/slo', relayState = 'r' } = {},
) => browser.open(`${server.url}${path}?${logoutQuery(entraLogoutXml(logout), relayState)}`);

/** The answer that a page posts to Microsoft, and nowhere else. */
function answered(page: Visit): { statuses: string[]; issuer: string; relayState?: string } {
  const { action, hidden } = formOf(page);
  expect(action).toBe(LOGIN_SRF);
  const xml = Buffer.from(hidden['SAMLResponse'] ?? '', 'base64').toString();
  expect(xml).toContain('<samlp:LogoutResponse');
  expect(xml).toContain('<ds:SignatureValue>');
  const statuses = [...xml.matchAll(/status:(\w+)"/g)].map(([, code]) => code ?? '');
  const issuer = /<saml:Issuer[^>]*>([^<]+)</.exec(xml)?.[1] ?? '';
  const { RelayState: relayState } = hidden;
  return { statuses, issuer, ...(relayState === undefined ? {} : { relayState }) };
}

async function weakRows(): Promise<string[]> {
  const rows = await server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select('data')
    .where('kind', '=', 'logout.weakly_requested')
    .execute();
  return rows.map(({ data }) => data);
}

describe('a request of Entra without a signature', () => {
  test('by Redirect ends the session of the browser that brings it, is answered, and leaves a row', async () => {
    const who = await signedIn('anna@example.com');
    const before = (await weakRows()).length;
    const page = await byRedirect(
      who,
      { nameId: who.immutableId, sessionIndex: who.sessionIndex },
      { relayState: 'a "b" <c>' },
    );
    expect(answered(page)).toEqual({
      statuses: ['Success'],
      issuer: server.url,
      relayState: 'a "b" <c>',
    });
    expect(await isSignedIn(who.browser)).toBe(false);
    const rows = await weakRows();
    expect(rows).toHaveLength(before + 1);
    expect(rows.join()).toContain('"proof":"none"');
  });

  test.each([
    ['at the common address', '/saml/slo'],
    ['at that of the issuer', '/saml/north-example-org/slo'],
  ])('is answered by the issuer that asserted the person, %s', async (_name, path) => {
    const who = await signedIn(`nora${people}@north.example.org`);
    const page = await byRedirect(who, { nameId: who.immutableId }, { path });
    expect(answered(page)).toMatchObject({
      statuses: ['Success'],
      issuer: `${server.url}/saml/north-example-org`,
    });
    expect(await isSignedIn(who.browser)).toBe(false);
  });

  test('by POST, and with a name without format', async () => {
    const who = await signedIn(`post${people}@example.com`);
    const xml = entraLogoutXml({ nameId: who.immutableId, format: null });
    const page = await post(who.browser, '/saml/slo', {
      SAMLRequest: Buffer.from(xml).toString('base64'),
    });
    expect(answered(page).statuses).toEqual(['Success']);
    expect(await isSignedIn(who.browser)).toBe(false);
  });

  test.each<[string, Partial<EntraLogout>, string]>([
    [
      'the ImmutableID of somebody else',
      { nameId: 'AAAAAAAAAAAAAAAAAAAAAA==' },
      'UnknownPrincipal',
    ],
    [
      'a name of another kind',
      { format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress' },
      'UnknownPrincipal',
    ],
    ['another session', { sessionIndex: '_other' }, 'RequestDenied'],
  ])('that names %s ends nothing', async (_name, change, status) => {
    const who = await signedIn(`mix${people}@example.com`);
    const page = await byRedirect(who, { nameId: who.immutableId, ...change });
    expect(answered(page).statuses).toEqual(['Requester', status]);
    expect(await isSignedIn(who.browser)).toBe(true);
  });

  test('for another address, or at the address of another issuer, ends nothing', async () => {
    const who = await signedIn(`else${people}@example.com`);
    const stray = { nameId: who.immutableId, destination: 'https://evil.example/slo' };
    expect(failureOnPage(await byRedirect(who, stray))?.code).toBe('DB-404');
    const path = '/saml/north-example-org/slo';
    const page = await byRedirect(who, { nameId: who.immutableId }, { path });
    expect(answered(page).statuses).toEqual(['Requester', 'RequestDenied']);
    expect(await isSignedIn(who.browser)).toBe(true);
  });

  test('in a browser where nobody is signed in changes nothing elsewhere', async () => {
    const who = await signedIn(`two${people}@example.com`);
    const other = { ...who, browser: new TestBrowser() };
    expect(answered(await byRedirect(other, { nameId: who.immutableId })).statuses).toEqual([
      'Success',
    ]);
    expect(await isSignedIn(who.browser)).toBe(true);
  });

  test('is refused where requests have to be signed', async () => {
    const query = logoutQuery(entraLogoutXml({ nameId: ownGuid(1).immutableId }), 'r');
    const page = await new TestBrowser().open(`${strict.url}/saml/slo?${query}`);
    expect(failureOnPage(page)?.code).toBe('DB-404');
  });

  test('an answer is never taken without one', async () => {
    const xml = entraLogoutXml({ nameId: ownGuid(1).immutableId })
      .replaceAll('LogoutRequest', 'LogoutResponse')
      .replace(
        /<NameID[^]*<\/NameID>/,
        '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>',
      );
    const page = await post(new TestBrowser(), '/saml/slo', {
      SAMLResponse: Buffer.from(xml).toString('base64'),
    });
    expect(failureOnPage(page)?.code).toBe('DB-404');
  });
});

describe('a request of Entra that is signed by SHA-1', () => {
  beforeAll(async () => {
    const fetched = async () =>
      (await server.drawbridge.base.database.db
        .selectFrom('saml_metadata')
        .select('failing_since')
        .executeTakeFirst()) !== undefined;
    await until(fetched);
    // A request is good once, and more than one answer is looked at.
    const probe = () =>
      logoutQuery(
        entraLogoutXml({ nameId: 'x', destination: `${server.url}/saml/slo` }),
        'r',
        microsoft,
      );
    await untilEverywhere(async () => {
      const page = await new TestBrowser().open(`${server.url}/saml/slo?${probe()}`);
      return page.body.includes('SAMLResponse') || failureOnPage(page) === null;
    });
  }, 40_000);

  test.each(['redirect', 'post'] as const)(
    'by %s is verified, and the row says so',
    async (binding) => {
      const who = await signedIn(`sha1-${binding}@example.com`);
      const logout = { nameId: who.immutableId, destination: `${server.url}/saml/slo` };
      const page =
        binding === 'redirect'
          ? await who.browser.open(
              `${server.url}/saml/slo?${logoutQuery(entraLogoutXml(logout), 'r', microsoft)}`,
            )
          : await post(who.browser, '/saml/slo', {
              SAMLRequest: Buffer.from(await signedLogout(logout, microsoft)).toString('base64'),
            });
      expect(answered(page).statuses).toEqual(['Success']);
      expect(await isSignedIn(who.browser)).toBe(false);
      expect((await weakRows()).at(-1)).toContain('"proof":"sha1-signature"');
    },
  );

  test('by another key is refused, though it would do without any', async () => {
    const who = await signedIn('stranger@example.com');
    const logout = { nameId: who.immutableId, destination: `${server.url}/saml/slo` };
    const query = logoutQuery(entraLogoutXml(logout), 'r', makeKey('somebody else'));
    const page = await who.browser.open(`${server.url}/saml/slo?${query}`);
    expect(failureOnPage(page)?.code).toBe('DB-404');
    expect(await isSignedIn(who.browser)).toBe(true);
  });
});
