import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { ManualClock } from '../support/manual-clock.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';
import { vectorTest } from '../support/vectors/vectors-folder.js';
import { postedToken, WsFedClient } from '../support/wsfed/wsfed-client.js';
import { entraParty, replyOf, wsFedParty } from '../support/wsfed/wsfed-party.js';

const MULTI = 'http://schemas.microsoft.com/claims/multipleauthn';
const PASSWORD_METHOD = 'urn:oasis:names:tc:SAML:1.0:am:password';
const single = {
  policy: { factors: 1, maxAge: null, allowedFactors: null, groups: null },
} as const;
const LOGIN_SRF = 'https://login.microsoftonline.com/login.srf';

const clock = new ManualClock(Date.now());
let server: TestServer;
let intranet: WsFedClient;
let wiki: WsFedClient;
let office: WsFedClient;
let people = 0;

beforeAll(async () => {
  server = await startTestServer({
    clock,
    configuration: (url) => ({
      issuers: [
        { id: 'default', entityId: url, domains: ['example.org'] },
        { id: 'north', entityId: `${url}/saml/north`, domains: ['north.example.org'] },
      ],
    }),
    relyingParties: [
      wsFedParty('intranet', {
        attributes: {
          'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress': 'mail',
          role: { from: 'groups', namespace: 'urn:example:claims' },
          'http://schemas.xmlsoap.org/claims/UPN': 'upn',
        },
      }),
      wsFedParty('wiki', { reply_urls: [replyOf('wiki'), replyOf('other')] }, single),
      wsFedParty('board', {}, { policy: { ...single.policy, groups: ['board'] } }),
      wsFedParty('legacy', { signature: 'rsa-sha1', token_lifetime: '5m' }, single),
      wsFedParty('hill', { issuer: 'north' }, single),
      entraParty(),
      oidcParty('payroll', {}),
    ],
  });
  intranet = new WsFedClient('intranet', server.url);
  wiki = new WsFedClient('wiki', server.url);
  office = new WsFedClient('office', server.url, {
    realm: 'urn:federation:MicrosoftOnline',
    reply: LOGIN_SRF,
  });
});
afterAll(() => server.close());

async function somebody(changes: { upn?: string; immutable_id?: string } = {}) {
  people += 1;
  const username = `person${people}`;
  const { person, code } = await addPerson(server.drawbridge, username);
  if (changes.upn !== undefined) {
    const attributes =
      changes.immutable_id === undefined ? {} : { immutable_id: [changes.immutable_id] };
    await server.drawbridge.parts.people.update(person.id, { upn: changes.upn, attributes });
  }
  return { id: person.id, username, code: () => code(clock.now()) };
}

/** As far as the page after the password. */
async function withPassword(browser: TestBrowser, url: string, username: string): Promise<Visit> {
  const page = await browser.open(url);
  return browser.submit(page, { username, password: PASSWORD });
}

/** A browser whose person has entered the intranet with password and code. */
async function signedIn(who?: Awaited<ReturnType<typeof somebody>>): Promise<TestBrowser> {
  const browser = new TestBrowser();
  await intranet.receive(
    await signIn(browser, intranet.requestUrl(), who ?? (await somebody())),
    'ctx',
    clock.now(),
  );
  return browser;
}

const read = (client: WsFedClient, page: Visit, wctx: string | null = 'ctx') =>
  client.receive(page, wctx, clock.now());

describe('a service sends somebody', () => {
  test('password and code, and the service reads who it is', async () => {
    const browser = new TestBrowser();
    const page = await signIn(browser, intranet.requestUrl(), await somebody());
    expect(page.headers.get('cache-control')).toBe('no-store');
    const token = await read(intranet, page);
    expect(token).toMatchObject({ issuer: server.url, method: MULTI, instant: clock.now() });
    expect(token.name.value).toMatch(/^[0-9a-f]{40}$/);
    expect(token.notOnOrAfter).toBe(clock.now() + 3_600_000);
    // Without a upn there is no claim of one.
    expect(token.claims).toEqual({
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress': [
        `person${people}@example.org`,
      ],
      'urn:example:claims/role': ['staff'],
    });
  });

  test('one factor is said to be one', async () => {
    const who = await somebody();
    const page = await withPassword(new TestBrowser(), wiki.requestUrl(), who.username);
    expect((await read(wiki, page)).method).toBe(PASSWORD_METHOD);
  });

  test('who is signed in already is not asked, and known by the same name', async () => {
    const browser = await signedIn();
    const one = await read(intranet, await browser.open(intranet.requestUrl()));
    const two = await read(intranet, await browser.open(intranet.requestUrl()));
    const other = await read(wiki, await browser.open(wiki.requestUrl()));
    expect(two.name).toEqual(one.name);
    expect(other.name.value).not.toBe(one.name.value);
  });

  test('one session serves all protocols', async () => {
    const browser = await signedIn();
    const payroll = await OidcClient.discover(server.url, 'payroll');
    const quiet = await payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(quiet.url))['code']).toBeDefined();
  });

  test('by POST from another site: no cookie comes or is set, a GET of ours goes on, once', async () => {
    const parked = await new TestBrowser().request(intranet.passiveUrl, {
      method: 'POST',
      body: new URLSearchParams(intranet.request({ wctx: 'posted' })),
    });
    expect(parked.status).toBe(303);
    expect(parked.headers.getSetCookie()).toEqual([]);
    const browser = await signedIn();
    await read(intranet, await browser.open(parked.location ?? ''), 'posted');
    const again = await browser.open(parked.location ?? '');
    expect(failureOnPage(again)?.code).toBe('DB-301');
  });

  test('an answer that was fetched is not to be had again, and not by another browser', async () => {
    const browser = new TestBrowser();
    const page = await signIn(browser, intranet.requestUrl(), await somebody());
    expect(failureOnPage(await browser.open(page.url))?.code).toBe('DB-301');
    const stranger = new TestBrowser();
    await stranger.open(intranet.requestUrl());
    expect(failureOnPage(await stranger.open(page.url))?.code).toBe('DB-301');
  });

  test('username prefills, and is text wherever it is shown', async () => {
    const url = intranet.requestUrl({ username: 'a"><b>@example.org' });
    const page = await new TestBrowser().open(url);
    expect(page.body).toContain('value="a&quot;&gt;&lt;b&gt;@example.org"');
    const hinted = intranet.requestUrl({ username: '', login_hint: 'anna@example.org' });
    expect((await new TestBrowser().open(hinted)).body).toContain('value="anna@example.org"');
  });

  test('SHA-1 and a short life where the operator says so', async () => {
    const legacy = new WsFedClient('legacy', server.url);
    const page = await (await signedIn()).open(legacy.requestUrl());
    const { notOnOrAfter } = await read(legacy, page);
    expect(notOnOrAfter).toBe(clock.now() + 5 * 60_000);
    expect(postedToken(page)).toContain('xmldsig#rsa-sha1');
  });
});

describe('where the answer goes', () => {
  test('the first address unless asked for another one that is registered', async () => {
    const browser = await signedIn();
    await read(wiki, await browser.open(wiki.requestUrl()));
    const other = new WsFedClient('wiki', server.url, { reply: replyOf('other') });
    await read(other, await browser.open(wiki.requestUrl({ wreply: replyOf('other') })));
  });

  test('moved while somebody signs in: nothing is sent', async () => {
    const browser = new TestBrowser();
    const who = await somebody();
    const url = wiki.requestUrl({ wreply: replyOf('other') });
    const page = await browser.open(url);
    const left = await browser.post(page, { username: who.username, password: PASSWORD });
    const before = server.registry.all();
    server.registry.replace(
      before.map((party) => (party.id === 'wiki' ? wsFedParty('wiki', {}, single) : party)),
    );
    try {
      expect(failureOnPage(await browser.follow(left))?.code).toBe('DB-405');
    } finally {
      server.registry.replace([...before]);
    }
  });
});

describe('what a request may demand', () => {
  const step = { wauth: MULTI };

  test('multipleauthn asks for the second factor, once', async () => {
    const who = await somebody();
    const browser = new TestBrowser();
    await read(wiki, await withPassword(browser, wiki.requestUrl(), who.username));
    const otp = await browser.open(wiki.requestUrl(step));
    const page = await browser.submit(otp, { code: who.code() });
    expect((await read(wiki, page)).method).toBe(MULTI);
    const again = await read(wiki, await browser.open(wiki.requestUrl(step)));
    expect(again.method).toBe(MULTI);
  });

  test('mfa_max_age: both again when the last ones are too old', async () => {
    const who = await somebody();
    const browser = await signedIn(who);
    const request = wiki.requestUrl({ ...step, mfa_max_age: '600' });
    await read(wiki, await browser.open(request));
    clock.advance(601_000);
    const page = await signIn(browser, request, who);
    expect(await read(wiki, page)).toMatchObject({ method: MULTI, instant: clock.now() });
  });

  test('mfa_max_age alone demands nothing, and what is older is not called multi-factor', async () => {
    const browser = await signedIn();
    clock.advance(601_000);
    const page = await browser.open(wiki.requestUrl({ mfa_max_age: '600' }));
    expect((await read(wiki, page)).method).toBe(PASSWORD_METHOD);
    expect((await read(wiki, await browser.open(wiki.requestUrl()))).method).toBe(MULTI);
  });

  test.each([
    ['wfresh=0', { wfresh: '0' }],
    ['prompt=login', { prompt: 'login' }],
    [
      'wfresh=0 and a password',
      {
        wfresh: '0',
        wauth: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
      },
    ],
  ])('%s asks again, and the proof is new', async (_name, parameters) => {
    const who = await somebody();
    const browser = await signedIn(who);
    clock.advance(30_000);
    const page = await withPassword(browser, wiki.requestUrl(parameters), who.username);
    expect(await read(wiki, page)).toMatchObject({ instant: clock.now(), method: PASSWORD_METHOD });
  });

  test('wfresh in minutes', async () => {
    const who = await somebody();
    const browser = await signedIn(who);
    clock.advance(9 * 60_000);
    await read(wiki, await browser.open(wiki.requestUrl({ wfresh: '10' })));
    clock.advance(2 * 60_000);
    const page = await withPassword(browser, wiki.requestUrl({ wfresh: '10' }), who.username);
    expect((await read(wiki, page)).instant).toBe(clock.now());
  });

  test('what we cannot prove is refused on a page', async () => {
    const url = wiki.requestUrl({ wauth: 'urn:federation:authentication:windows' });
    const page = await (await signedIn()).open(url);
    expect(failureOnPage(page)?.code).toBe('DB-402');
    expect(page.body).not.toContain('Assertion');
  });
});

describe('issuers', () => {
  test('another issuer has an address of its own, and its metadata names its key', async () => {
    const browser = await signedIn();
    const hill = new WsFedClient('hill', server.url, { issuer: 'north' });
    const token = await read(hill, await browser.open(hill.requestUrl()));
    expect(token.issuer).toBe(`${server.url}/saml/north`);
    const wrong = await browser.open(new WsFedClient('hill', server.url).requestUrl());
    expect(failureOnPage(wrong)?.code).toBe('DB-403');
  });

  test.each([
    ['example.org', ''],
    ['north.example.org', '/saml/north'],
  ])('by the domain of the person: %s', async (domain, path) => {
    const immutableId = `AbC${people}+/w==`;
    const who = await somebody({ upn: `u${people}@${domain}`, immutable_id: immutableId });
    const url = office.requestUrl({ whr: domain });
    const page = await withPassword(new TestBrowser(), url, who.username);
    const client = new WsFedClient('office', server.url, {
      ...(path === '' ? {} : { issuer: 'north' }),
      realm: office.realm,
      reply: LOGIN_SRF,
    });
    expect(await read(client, page)).toMatchObject({
      issuer: `${server.url}${path}`,
      name: {
        value: immutableId,
        format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
      },
      claims: {
        'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID': [immutableId],
      },
    });
  });

  test.each([
    ['of a domain nobody speaks for', { upn: 'u@elsewhere.example', immutable_id: 'a' }, {}],
    ['without a upn', {}, {}],
    ['without an immutable id', { upn: 'v@example.org' }, {}],
    [
      'of another home realm than was asked for',
      { upn: 'w@example.org', immutable_id: 'a' },
      { whr: 'north.example.org' },
    ],
  ])('somebody %s is not asserted', async (_name, facts, parameters) => {
    const who = await somebody(facts);
    const url = office.requestUrl(parameters);
    const page = await withPassword(new TestBrowser(), url, who.username);
    expect(failureOnPage(page)?.code).toBe('DB-410');
    expect(page.body).not.toContain('Assertion');
  });

  test('a home realm that is not ours is refused', async () => {
    const page = await new TestBrowser().open(office.requestUrl({ whr: 'elsewhere.example' }));
    expect(failureOnPage(page)?.code).toBe('DB-404');
  });
});

describe('a sign-in that does not arrive', () => {
  test('cancelled: a page says so, and nothing is posted', async () => {
    const browser = new TestBrowser();
    const page = await browser.submit(await browser.open(intranet.requestUrl()), { cancel: '1' });
    expect(failureOnPage(page)?.code).toBe('DB-306');
    expect(page.body).not.toContain(replyOf('intranet'));
  });

  test('denied by policy', async () => {
    const board = new WsFedClient('board', server.url);
    const who = await somebody();
    const page = await withPassword(new TestBrowser(), board.requestUrl(), who.username);
    expect(failureOnPage(page)?.code).toBe('DB-401');
    const known = await (await signedIn()).open(board.requestUrl());
    expect(failureOnPage(known)?.code).toBe('DB-401');
  });

  test('disabled while signing in: nothing is told', async () => {
    const browser = new TestBrowser();
    const who = await somebody();
    const page = await browser.open(wiki.requestUrl());
    const left = await browser.post(page, { username: who.username, password: PASSWORD });
    await server.drawbridge.parts.people.disable(who.id);
    const arrived = await browser.follow(left);
    expect(failureOnPage(arrived)?.code).toBe('DB-406');
    const rows = await server.drawbridge.base.database.db
      .selectFrom('audit_events')
      .selectAll()
      .where('kind', '=', 'assertion.issued')
      .where('person_id', '=', who.id)
      .execute();
    expect(rows).toEqual([]);
  });
});

test('each token has its audit row: who, where, by what, in which words', async () => {
  const who = await somebody();
  await signedIn(who);
  const row = await server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select(['data', 'relying_party'])
    .where('kind', '=', 'assertion.issued')
    .where('person_id', '=', who.id)
    .executeTakeFirstOrThrow();
  expect(row.relying_party).toBe('intranet');
  expect(JSON.parse(row.data)).toMatchObject({
    issuer: 'default',
    context_class: MULTI,
    factors: [{ factor: 'password' }, { factor: 'otp' }],
  });
});

vectorTest(
  'recorded requests of Entra ID are answered, wctx to the byte',
  ['microsoft-365/wsfed/recorded-signin-urls.txt'],
  async (text) => {
    const recorded = text.split('\n').filter((line) => line.startsWith('https://'));
    expect(recorded.length).toBeGreaterThanOrEqual(2);
    for (const line of recorded) {
      const query = line.slice(line.indexOf('?'));
      const who = await somebody({
        upn: `entra${people}@example.org`,
        immutable_id: `AbC${people}=`,
      });
      const browser = new TestBrowser();
      const first = await browser.open(`${server.url}/wsfed${query}`);
      expect(first.body).toContain('value="user@example.com"');
      let page = await browser.submit(first, { username: who.username, password: PASSWORD });
      const steppedUp = query.includes('multipleauthn');
      if (steppedUp) page = await browser.submit(page, { code: who.code() });
      const wctx = new URLSearchParams(query).get('wctx');
      const token = await read(office, page, wctx);
      expect(token.method).toBe(steppedUp ? MULTI : PASSWORD_METHOD);
    }
  },
);
