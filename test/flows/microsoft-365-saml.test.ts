import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { samlMetadata } from '../../src/entra-twin/microsoft-face.js';
import { samlRequest, type SamlRequestForm } from '../../src/entra-twin/saml-request.js';
import { formOf, TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { makeKey } from '../support/entra-twin/test-key.js';
import { ownGuid } from '../support/microsoft-365/own-guid.js';
import { startProfileServer } from '../support/microsoft-365/profile-scene.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { certificateOf, postedXml, statusOf } from '../support/saml/saml-client.js';
import { startMetadataServer } from '../support/saml/metadata-server.js';
import type { TestServer } from '../support/start-server.js';
import { until, untilEverywhere } from '../support/services/until.js';

const GUID = '03020100-0504-0706-0809-0a0b0c0d0e0f';
const LOGIN_SRF = 'https://login.microsoftonline.com/login.srf';
const MULTIPLE_AUTHN = 'http://schemas.microsoft.com/claims/multipleauthn';

const yaml = (changes = '') =>
  readFileSync('config/relying-parties/microsoft-365.yaml', 'utf8').replace(
    'domains: [example.com]',
    `domains: [example.com, north.example.org]\n${changes}`,
  );

const microsoft = makeKey('Live ID STS');
const surroundings = { now: () => Date.now(), bytes: (length: number) => randomBytes(length) };

let server: TestServer;
const publisher = await startMetadataServer();
let people = 0;
beforeAll(async () => {
  publisher.answer = 503;
  server = await startProfileServer(yaml(), { metadataUrl: publisher.url });
});
afterAll(() => server.close());

async function somebody(upn: string | null, attributes: Record<string, string[]> | null = null) {
  people += 1;
  const { guid, immutableId } = ownGuid(people);
  const username = `m365-${people}`;
  const { person, code } = await addPerson(server.drawbridge, username);
  await server.drawbridge.parts.people.update(person.id, {
    upn,
    attributes: attributes ?? { objectGUID: [guid] },
  });
  return { username, code, immutableId };
}

/** As Entra has a browser post it, without cookies. */
async function posted(
  browser: TestBrowser,
  options: {
    form?: SamlRequestForm;
    path?: string;
    query?: string;
    key?: typeof microsoft;
    multiFactor?: boolean;
    fresh?: boolean;
  } = {},
): Promise<{ page: Visit; id: string; relayState: string }> {
  const passiveSignInUri = `${server.url}${options.path ?? '/saml/sso'}`;
  const { form, id, relayState } = await samlRequest(
    {
      form: options.form ?? 'unsigned-2024',
      passiveSignInUri,
      multiFactor: options.multiFactor ?? false,
      fresh: options.fresh ?? false,
      key: options.key ?? microsoft,
    },
    surroundings,
  );
  const body = new URLSearchParams(form.fields.map(([name, value]) => [name, value]));
  const url = `${passiveSignInUri}${options.query ?? ''}`;
  const arrived = await new TestBrowser().request(url, { method: 'POST', body });
  return { page: await browser.follow(arrived), id, relayState };
}

async function signedIn(
  browser: TestBrowser,
  page: Visit,
  who: { username: string; code: () => string },
): Promise<Visit> {
  const code = await browser.submit(page, { username: who.username, password: PASSWORD });
  return code.body.includes('name="code"') ? browser.submit(code, { code: who.code() }) : code;
}

describe.each(['indexed-2016', 'minimal-2021', 'unsigned-2024'] as const)(
  'the request of %s',
  (form) => {
    test('is answered at login.srf with what Entra reads', async () => {
      const who = await somebody(`Anna.${form}@example.com`);
      const browser = new TestBrowser();
      const { page, id, relayState } = await posted(browser, { form });
      const left = await signedIn(browser, page, who);
      const { action, hidden } = formOf(left);
      expect(action).toBe(LOGIN_SRF);
      expect(hidden['RelayState']).toBe(relayState);
      const xml = postedXml(left);
      expect(xml).toContain(`InResponseTo="${id}"`);
      expect(xml).toContain(
        `<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${who.immutableId}</saml:NameID>`,
      );
      expect(xml).toMatch(/Name="IDPEmail"[^>]*><saml:AttributeValue>Anna[^<]*@example.com</);
      expect(xml).toContain('<saml:Audience>urn:federation:MicrosoftOnline</saml:Audience>');
      expect(xml).toContain(`Recipient="${LOGIN_SRF}"`);
      expect(xml).toContain(
        `<saml:AuthnContextClassRef>${MULTIPLE_AUTHN}</saml:AuthnContextClassRef>`,
      );
      expect(xml).not.toContain('AuthenticatingAuthority');
      expect(xml).not.toContain('EncryptedAssertion');
      expect(xml.match(/<ds:Signature /g)).toHaveLength(1);
      expect(xml).toContain('rsa-sha256');
      expect(xml).not.toContain('sha1');
      expect(xml.match(/<saml:Issuer[^>]*>([^<]+)</)?.[1]).toBe(server.url);
      expect(xml).toContain(await certificateOf(server.url));
    });
  },
);

describe('the issuer is that of the person', () => {
  test('whichever address the request came to is the common one', async () => {
    const who = await somebody('nils@NORTH.example.org');
    const browser = new TestBrowser();
    const { page } = await posted(browser);
    const xml = postedXml(await signedIn(browser, page, who));
    const issuers = [...xml.matchAll(/<saml:Issuer[^>]*>([^<]+)</g)].map(([, text]) => text);
    expect(new Set(issuers)).toEqual(new Set([`${server.url}/saml/north-example-org`]));
    expect(xml).toContain(await certificateOf(server.url, '/saml/north-example-org/metadata'));
  });

  test('and its own address answers too, but not for people of another', async () => {
    const path = '/saml/north-example-org/sso';
    const own = new TestBrowser();
    const first = await posted(own, { path });
    const xml = postedXml(
      await signedIn(own, first.page, await somebody('nora@north.example.org')),
    );
    expect(xml).toContain(`>${server.url}/saml/north-example-org</saml:Issuer>`);
    const other = new TestBrowser();
    const second = await posted(other, { path });
    const left = await signedIn(other, second.page, await somebody('emil@example.com'));
    expect(statusOf(left)).toEqual(['Responder']);
    expect(postedXml(left)).not.toContain('<saml:Assertion');
  });

  test.each([
    ['another domain', 'eve@evil.example'],
    ['a domain below', 'eve@sub.example.com'],
    ['a domain that ends alike', 'eve@notexample.com'],
    ['a trailing dot', 'eve@example.com.'],
    ['two domains', 'eve@evil.example@example.com'],
    ['no upn', null],
  ])('nobody with %s is asserted', async (_name, upn) => {
    const browser = new TestBrowser();
    const { page } = await posted(browser);
    const left = await signedIn(browser, page, await somebody(upn));
    expect(statusOf(left)).toEqual(['Responder']);
    expect(postedXml(left)).not.toContain('<saml:Assertion');
  });

  test.each([
    ['no objectGUID', {}],
    ['one that is no GUID', { objectGUID: ['anna'] }],
    ['two', { objectGUID: [GUID, 'aaaaaaaa-0504-0706-0809-0a0b0c0d0e0f'] }],
  ])('nor anybody with %s', async (_name, attributes) => {
    const browser = new TestBrowser();
    const { page } = await posted(browser);
    const who = await somebody(`someone${people}@example.com`, attributes);
    const left = await signedIn(browser, page, who);
    expect(statusOf(left)).toEqual(['Responder']);
    expect(postedXml(left)).not.toContain('<saml:Assertion');
  });
});

test('two people with one objectGUID are not both asserted by it, and an ImmutableID passes on when it is given up', async () => {
  const { guid, immutableId } = ownGuid(1001);
  const enter = async (who: Awaited<ReturnType<typeof somebody>>, browser = new TestBrowser()) =>
    signedIn(browser, (await posted(browser)).page, who);
  const ada = await somebody('ada@example.com', { objectGUID: [guid] });
  expect(postedXml(await enter(ada))).toContain(`>${immutableId}</saml:NameID>`);
  const carl = await somebody('carl@example.com', { objectGUID: [guid] });
  const browser = new TestBrowser();
  const refused = await enter(carl, browser);
  expect(statusOf(refused)).toEqual(['Responder']);
  expect(postedXml(refused)).not.toContain('<saml:Assertion');
  const { directory, people: registry } = server.drawbridge.parts;
  const person = await directory.findByAlias(ada.username);
  if (person === null) throw new Error('none');
  await registry.update(person.id, { attributes: {} });
  expect(postedXml((await posted(browser)).page)).toContain(`>${immutableId}</saml:NameID>`);
});

describe('what Entra may ask for', () => {
  test('a new sign-in, with a session that would do', async () => {
    const who = await somebody('fresh@example.com');
    const browser = new TestBrowser();
    await signedIn(browser, (await posted(browser)).page, who);
    const again = await posted(browser);
    expect(formOf(again.page).action).toBe(LOGIN_SRF);
    const { page } = await posted(browser, { fresh: true });
    expect(page.body).toContain('name="password"');
  });

  test('a user name beside the request prefills the page and decides nothing', async () => {
    const { page } = await posted(new TestBrowser(), {
      query: '?username=hint%40example.com&client-request-id=1&mkt=',
    });
    expect(page.body).toContain('value="hint@example.com"');
  });

  test('a message in the query beside one in the form is refused', async () => {
    const { page } = await posted(new TestBrowser(), { query: '?SAMLRequest=abc' });
    expect(page.status).toBe(400);
  });
});

test('a session that ends is told to login.srf, by the issuer that asserted the person', async () => {
  const who = await somebody('leaver@north.example.org');
  const browser = new TestBrowser();
  await signedIn(browser, (await posted(browser)).page, who);
  const { directory, sessions, visitors } = server.drawbridge.parts;
  const person = await directory.findByAlias(who.username);
  const [session] = await sessions.ofPerson(person?.id ?? ('' as never));
  const [[participant, state] = []] = Object.entries(session?.participants ?? {});
  if (participant === undefined || state === undefined || person === null) throw new Error('none');
  const tour = { handle: 'x'.repeat(22), participant };
  const visited = await visitors.get('saml')?.visit([state], person.id, tour);
  const visit = visited?.visit;
  if (visit?.kind !== 'post') throw new Error('not posted');
  expect(visit.action).toBe(LOGIN_SRF);
  const xml = Buffer.from(visit.fields['SAMLRequest'] ?? '', 'base64').toString();
  expect(xml).toContain('<samlp:LogoutRequest');
  expect(xml).toContain(`>${who.immutableId}</saml:NameID>`);
  expect(xml).toContain(`>${server.url}/saml/north-example-org</saml:Issuer>`);
  expect(xml).toContain(await certificateOf(server.url, '/saml/north-example-org/metadata'));
});

describe('signed requests', () => {
  const alarms = async () =>
    (
      await server.drawbridge.base.database.db
        .selectFrom('audit_events')
        .select('data')
        .where('kind', '=', 'alarm.raised')
        .execute()
    ).map(({ data }) => data);
  const signedPage = (key = microsoft) => posted(new TestBrowser(), { form: 'signed-2024', key });
  const due = () =>
    server.drawbridge.base.database.db
      .updateTable('saml_metadata')
      .set({ refresh_at: 0 })
      .execute();
  const refreshed = async (asked: number) => {
    await due();
    await until(async () => publisher.asked > asked);
    await until(async () => {
      const row = await server.drawbridge.base.database.db
        .selectFrom('saml_metadata')
        .select('refresh_at')
        .executeTakeFirst();
      return (row?.refresh_at ?? 0) > Date.now() + 61_000;
    });
  };

  test('without keys they are refused, unsigned ones are not; an alarm tells', async () => {
    await until(async () => publisher.asked > 0);
    const { page } = await signedPage();
    expect(failureOnPage(page)?.code).toBe('DB-404');
    await until(async () => (await alarms()).some((data) => data.includes('saml_metadata_stale')));
    expect((await posted(new TestBrowser())).page.body).toContain('name="username"');
  }, 40_000);

  test('with keys from the metadata they are good, by SHA-1 and key identifier, and the row says so', async () => {
    publisher.answer = await samlMetadata(microsoft, '_1');
    await refreshed(publisher.asked);
    await untilEverywhere(async () => (await signedPage()).page.body.includes('name="username"'));
    const who = await somebody('signed@example.com');
    const browser = new TestBrowser();
    const { page } = await posted(browser, { form: 'signed-2024' });
    await signedIn(browser, page, who);
    const { db } = server.drawbridge.base.database;
    const rows = await db
      .selectFrom('audit_events')
      .select('data')
      .where('kind', '=', 'assertion.issued')
      .execute();
    expect(rows.some(({ data }) => data.includes('"request_sha1":true'))).toBe(true);
    const changed = await db
      .selectFrom('audit_events')
      .select('data')
      .where('kind', '=', 'relying_party.metadata_changed')
      .execute();
    expect(changed.map(({ data }) => data).join()).toContain('"signed_with_sha1":true');
  }, 60_000);

  test('by another key, or changed on the way, they are refused', async () => {
    const { page } = await signedPage(makeKey('somebody else'));
    expect(failureOnPage(page)?.code).toBe('DB-404');
    const { form } = await samlRequest(
      {
        form: 'signed-2024',
        passiveSignInUri: `${server.url}/saml/sso`,
        multiFactor: false,
        fresh: false,
        key: microsoft,
      },
      surroundings,
    );
    const [[, message = ''] = []] = form.fields;
    const changed = Buffer.from(message, 'base64')
      .toString()
      .replace('nameid-format:persistent', 'nameid-format:transient');
    const body = new URLSearchParams({ SAMLRequest: Buffer.from(changed).toString('base64') });
    const refused = await new TestBrowser().request(`${server.url}/saml/sso`, {
      method: 'POST',
      body,
    });
    expect(failureOnPage(refused)?.code).toBe('DB-404');
  });

  test('metadata that is badly signed, unsigned or gone leaves the old keys, and an alarm is raised', async () => {
    const good = await samlMetadata(microsoft, '_2');
    for (const answer of [
      good.replace('WantAssertionsSigned="true"', 'WantAssertionsSigned="false"'),
      good.replace(/<(\w+:)?Signature[ >][\s\S]*?<\/(\w+:)?Signature>/, ''),
      500,
    ]) {
      publisher.answer = answer;
      await refreshed(publisher.asked);
      const row = await server.drawbridge.base.database.db
        .selectFrom('saml_metadata')
        .select('failing_since')
        .executeTakeFirst();
      expect(row?.failing_since).not.toBeNull();
      expect((await signedPage()).page.body).toContain('name="username"');
    }
  }, 90_000);
});
