import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formOf, TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { ownGuid } from '../support/microsoft-365/own-guid.js';
import { startProfileServer } from '../support/microsoft-365/profile-scene.js';
import { addPerson, PASSWORD } from '../support/people.js';
import type { TestServer } from '../support/start-server.js';
import { WsFedClient, type ReadToken } from '../support/wsfed/wsfed-client.js';

const LOGIN_SRF = 'https://login.microsoftonline.com/login.srf';
const realm = 'urn:federation:MicrosoftOnline';

let server: TestServer;
let people = 0;
beforeAll(async () => {
  server = await startProfileServer(
    [
      'id: microsoft-365',
      'name: Microsoft 365',
      'profile: microsoft-365',
      'domains: [example.com, north.example.org, sub.example.com]',
    ].join('\n'),
    { issuers: [{ id: 'partner', domains: ['partner.example'] }] },
  );
});
afterAll(() => server.close());

async function somebody(upn: string | null, attributes: Record<string, string[]> = {}) {
  people += 1;
  const username = `wsfed-${people}`;
  const { person, code } = await addPerson(server.drawbridge, username);
  const { guid, immutableId } = ownGuid(people);
  await server.drawbridge.parts.people.update(person.id, {
    upn,
    attributes: { objectGUID: [guid], ...attributes },
  });
  return { id: person.id, username, code, immutableId };
}

/** Signs somebody in as Entra sends them, at the common address or at that of an issuer. */
async function entered(
  upn: string | null,
  issuer?: string,
  attributes: Record<string, string[]> = {},
): Promise<{
  id: string;
  immutableId: string;
  page: Visit;
  read(as?: string): Promise<ReadToken>;
}> {
  const who = await somebody(upn, attributes);
  const at = new WsFedClient('office', server.url, {
    realm,
    reply: LOGIN_SRF,
    ...(issuer === undefined ? {} : { issuer }),
  });
  const browser = new TestBrowser();
  const first = await browser.open(at.requestUrl());
  const second = await browser.submit(first, { username: who.username, password: PASSWORD });
  const page = await browser.submit(second, { code: who.code() });
  return {
    id: who.id,
    immutableId: who.immutableId,
    page,
    // Its key is found in the metadata of the issuer that speaks.
    read: (as) =>
      new WsFedClient('office', server.url, {
        realm,
        reply: LOGIN_SRF,
        ...(as === undefined ? {} : { issuer: as }),
      }).receive(page),
  };
}

describe('the issuer is that of the person', () => {
  test('at the common address everybody is asserted by their own', async () => {
    const anna = await entered('Anna@example.com');
    expect(await anna.read()).toMatchObject({
      issuer: server.url,
      name: { value: anna.immutableId },
      claims: {
        'http://schemas.xmlsoap.org/claims/UPN': ['Anna@example.com'],
        'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID': [anna.immutableId],
      },
    });
    const north = await (await entered('nils@NORTH.example.org')).read('north-example-org');
    expect(north.issuer).toBe(`${server.url}/saml/north-example-org`);
  });

  test('a domain below another one is asserted by the issuer of that one, as Entra expects', async () => {
    expect((await (await entered('siv@sub.example.com')).read()).issuer).toBe(server.url);
  });

  test('the address of an issuer is for its own people', async () => {
    const own = await entered('nora@north.example.org', 'north-example-org');
    expect((await own.read('north-example-org')).issuer).toBe(
      `${server.url}/saml/north-example-org`,
    );
    const other = await entered('emil@example.com', 'north-example-org');
    expect(failureOnPage(other.page)?.code).toBe('DB-410');
  });

  test.each([
    [
      'a domain that the profile does not name, though an issuer speaks for it',
      'eve@partner.example',
    ],
    ['another domain', 'eve@evil.example'],
    ['a domain below', 'eve@deep.north.example.org'],
    ['a domain that ends alike', 'eve@notexample.com'],
    ['a trailing dot', 'eve@example.com.'],
    ['two domains', 'eve@evil.example@example.com'],
    ['no upn', null],
  ])('nobody of %s is asserted', async (_name, upn) => {
    const { page } = await entered(upn);
    expect(failureOnPage(page)?.code).toBe('DB-410');
    expect(page.body).not.toContain('wresult');
  });

  test('nor by the address of the issuer that speaks for it', async () => {
    const { page } = await entered('eva@partner.example', 'partner');
    expect(failureOnPage(page)?.code).toBe('DB-410');
  });
});

test('nobody is asserted by the ImmutableID of somebody else, by whichever protocol that one came', async () => {
  const { guid } = ownGuid(1001);
  const ada = await entered('ada@example.com', undefined, { objectGUID: [guid] });
  expect((await ada.read()).name.value).toBe(ownGuid(1001).immutableId);
  const carl = await entered('carl@example.com', undefined, { objectGUID: [guid.toUpperCase()] });
  expect(failureOnPage(carl.page)?.code).toBe('DB-410');
  expect(carl.page.body).not.toContain('wresult');
  const row = await server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select('data')
    .where('reference', '=', (failureOnPage(carl.page)?.reference ?? '') as never)
    .executeTakeFirst();
  expect(row?.data).toContain(`name-id-field-shared: immutable-id:objectGUID (${ada.id})`);
});

test('what Entra sends beside its request is let be, and the token goes to login.srf', async () => {
  const query = new URLSearchParams({
    'client-request-id': '1',
    username: 'hint@example.com',
    wa: 'wsignin1.0',
    wtrealm: realm,
    wctx: 'LoginOptions=3&estsredirect=2&estsrequest=abc%2b',
    cbcxt: '',
    mkt: '',
    lc: '',
    popupui: '1',
  });
  const browser = new TestBrowser();
  const who = await somebody('hint@example.com');
  const first = await browser.open(`${server.url}/wsfed?${query.toString()}`);
  expect(first.body).toContain('value="hint@example.com"');
  const second = await browser.submit(first, { username: who.username, password: PASSWORD });
  const page = await browser.submit(second, { code: who.code() });
  const { action, hidden } = formOf(page);
  expect(action).toBe(LOGIN_SRF);
  expect(hidden['wctx']).toBe('LoginOptions=3&estsredirect=2&estsrequest=abc%2b');
});
