import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { postedXml, SamlClient, statusOf } from '../support/saml/saml-client.js';
import { consumerOf, samlParty } from '../support/saml/saml-party.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const single = {
  policy: { factors: 1, maxAge: null, allowedFactors: null, groups: null },
} as const;

let server: TestServer;
let intranet: SamlClient;
let wiki: SamlClient;
let people = 0;

beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [
      samlParty('intranet'),
      samlParty('wiki', {}, { party: single }),
      samlParty(
        'two-doors',
        {},
        {
          metadata: {
            acs: [
              { url: consumerOf('front'), binding: POST, index: 0, isDefault: true },
              { url: consumerOf('back'), binding: POST, index: 7, isDefault: false },
            ],
          },
        },
      ),
      samlParty('board', {}, { party: { policy: { ...single.policy, groups: ['board'] } } }),
      oidcParty('payroll', {}),
    ],
  });
  intranet = await client('intranet');
  wiki = await client('wiki');
});
afterAll(() => server.close());

const client = (id: string, options: Parameters<typeof SamlClient.discover>[2] = {}) =>
  SamlClient.discover(id, server.url, options);

/** Each signs in once: node-saml lives by the real clock, and a code is good for half a minute. */
async function somebody() {
  people += 1;
  const username = `person${people}`;
  const { person, code } = await addPerson(server.drawbridge, username);
  return { id: person.id, username, code };
}

/** A browser whose person has entered the intranet with password and code. */
async function signedIn(who?: Awaited<ReturnType<typeof somebody>>): Promise<TestBrowser> {
  const browser = new TestBrowser();
  const page = await signIn(browser, await intranet.requestUrl(), who ?? (await somebody()));
  await intranet.receive(page);
  return browser;
}

describe('a service sends somebody', () => {
  test('by Redirect: password and code, and the service reads who it is', async () => {
    const browser = new TestBrowser();
    const page = await signIn(
      browser,
      await intranet.requestUrl('deep/link?x=1&y="2"'),
      await somebody(),
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
    const { profile, relayState } = await intranet.receive(page);
    expect(relayState).toBe('deep/link?x=1&y="2"');
    expect(profile.nameIDFormat).toBe('urn:oasis:names:tc:SAML:2.0:nameid-format:persistent');
    expect(profile.nameID).toMatch(/^[0-9a-f]{40}$/);
    expect(profile.sessionIndex).toMatch(/^_[0-9a-f]{40}$/);
    expect(postedXml(page)).toContain('>https://refeds.org/profile/mfa<');
  });

  test('by POST from another site: no cookie comes or is set, a GET of ours goes on', async () => {
    const poster = new TestBrowser();
    const parked = await poster.request(`${server.url}/saml/sso`, {
      method: 'POST',
      body: new URLSearchParams(await intranet.requestForm()),
    });
    expect(parked.status).toBe(303);
    expect(parked.headers.getSetCookie()).toEqual([]);
    const browser = await signedIn();
    const page = await browser.open(parked.location ?? '');
    expect((await intranet.receive(page)).profile.nameID).toBeDefined();
    const again = await browser.open(parked.location ?? '');
    expect(failureOnPage(again)?.code).toBe('DB-301');
  });

  test('who is signed in already is not asked, and known by the same name and index', async () => {
    const browser = await signedIn();
    const [one, other] = [
      await browser.open(await intranet.requestUrl()),
      await browser.open(await intranet.requestUrl()),
    ];
    const [first, second] = [await intranet.receive(one), await intranet.receive(other)];
    expect(second.profile.nameID).toBe(first.profile.nameID);
    expect(second.profile.sessionIndex).toBe(first.profile.sessionIndex);
  });

  test('another service knows the same person by another name and index', async () => {
    const browser = await signedIn();
    const one = await intranet.receive(await browser.open(await intranet.requestUrl()));
    const other = await wiki.receive(await browser.open(await wiki.requestUrl()));
    expect(other.profile.nameID).not.toBe(one.profile.nameID);
    expect(other.profile.sessionIndex).not.toBe(one.profile.sessionIndex);
  });

  test('the same request is good once, with a session too', async () => {
    const browser = await signedIn();
    const url = await intranet.requestUrl();
    await intranet.receive(await browser.open(url));
    const again = await browser.open(url);
    expect(again.status).toBe(400);
    expect(failureOnPage(again)?.code).toBe('DB-404');
  });

  test('an answer that was fetched is not to be had again', async () => {
    const browser = new TestBrowser();
    const page = await signIn(browser, await intranet.requestUrl(), await somebody());
    const again = await browser.open(page.url);
    expect(failureOnPage(again)?.code).toBe('DB-301');
  });

  test('another browser does not get the answer', async () => {
    const browser = new TestBrowser();
    const who = await somebody();
    const otp = await upToCode(browser, await intranet.requestUrl(), who.username);
    const left = await browser.post(otp, { code: who.code() });
    const stranger = new TestBrowser();
    await stranger.open(await intranet.requestUrl());
    expect(failureOnPage(await stranger.open(left.location ?? ''))?.code).toBe('DB-301');
    await intranet.receive(await browser.follow(left));
  });

  test.each([
    ['too old', -6],
    ['from the future', 4],
  ])('%s', async (_name, minutes) => {
    const instant = new Date(Date.now() + minutes * 60_000).toISOString();
    const url = await intranet.requestUrlWith((xml) =>
      xml.replace(/IssueInstant="[^"]*"/, `IssueInstant="${instant}"`),
    );
    expect(failureOnPage(await new TestBrowser().open(url))?.code).toBe('DB-404');
  });
});

describe('where the answer goes', () => {
  test.each([
    ['the default', {}, 'front'],
    ['an address of the metadata', { callbackUrl: consumerOf('back') }, 'back'],
  ])('%s', async (_name, options, door) => {
    const service = await client('two-doors', { callbackUrl: consumerOf('front'), ...options });
    const page = await (await signedIn()).open(await service.requestUrl());
    expect(postedTo(page)).toBe(consumerOf(door));
  });

  test('an index of the metadata', async () => {
    const service = await client('two-doors', {
      callbackUrl: consumerOf('back'),
      disableRequestAcsUrl: true,
      additionalParams: {},
    });
    const page = await (await signedIn()).open(await withIndex(service, 7));
    expect(postedTo(page)).toBe(consumerOf('back'));
    const unknown = await (await signedIn()).open(await withIndex(service, 3));
    expect(failureOnPage(unknown)?.code).toBe('DB-405');
  });

  test('never an address that is not registered', async () => {
    const service = await client('intranet', { callbackUrl: 'https://evil.example/acs' });
    const page = await (await signedIn()).open(await service.requestUrl());
    expect(page.status).toBe(400);
    expect(failureOnPage(page)?.code).toBe('DB-405');
    expect(page.body).not.toContain('evil.example');
  });
});

describe('what a request may demand', () => {
  test('ForceAuthn asks again, and the proof is new', async () => {
    const who = await somebody();
    const browser = new TestBrowser();
    const first = await upToCode(browser, await wiki.requestUrl(), who.username);
    await wiki.receive(first);
    const forcing = await client('wiki', { forceAuthn: true });
    const page = await upToCode(browser, await forcing.requestUrl(), who.username);
    await forcing.receive(page);
    expect(authnInstant(page)).toBeGreaterThan(authnInstant(first));
  });

  test('IsPassive shows nothing: an answer with a session, NoPassive without', async () => {
    const passive = await client('intranet', { passive: true });
    const nobody = await new TestBrowser().open(await passive.requestUrl());
    expect(statusOf(nobody)).toEqual(['Responder', 'NoPassive']);
    expect(nobody.body).not.toContain('Assertion ');
    await passive.receive(await (await signedIn()).open(await passive.requestUrl()));
  });

  test('IsPassive with ForceAuthn cannot be', async () => {
    const service = await client('intranet', { passive: true, forceAuthn: true });
    const page = await (await signedIn()).open(await service.requestUrl());
    expect(statusOf(page)).toEqual(['Responder', 'NoPassive']);
  });

  test('a class of two factors asks for the second one', async () => {
    const service = await client('wiki', context('https://refeds.org/profile/mfa'));
    const browser = new TestBrowser();
    const page = await signIn(browser, await service.requestUrl(), await somebody());
    await service.receive(page);
    expect(postedXml(page)).toContain('>https://refeds.org/profile/mfa<');
  });

  test('a class that we cannot prove is NoAuthnContext', async () => {
    const kerberos = 'urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos';
    const service = await client('intranet', context(kerberos));
    const page = await new TestBrowser().open(await service.requestUrl());
    expect(statusOf(page)).toEqual(['Responder', 'NoAuthnContext']);
    await expect(service.receive(page)).rejects.toThrow();
  });

  test('a name identifier that is not given is InvalidNameIDPolicy', async () => {
    const kerberos = 'urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos';
    const service = await client('intranet', { identifierFormat: kerberos });
    const page = await new TestBrowser().open(await service.requestUrl());
    expect(statusOf(page)).toEqual(['Requester', 'InvalidNameIDPolicy']);
    expect(postedTo(page)).toBe(consumerOf('intranet'));
  });
});

describe('a sign-in that does not arrive', () => {
  test('cancelled: the service is told', async () => {
    const browser = new TestBrowser();
    const page = await browser.submit(await browser.open(await intranet.requestUrl()), {
      cancel: '1',
    });
    expect(statusOf(page)).toEqual(['Responder', 'AuthnFailed']);
    expect(postedTo(page)).toBe(consumerOf('intranet'));
  });

  test('denied by policy: a page says so, and the way back tells the service', async () => {
    const board = await client('board');
    const browser = await signedIn();
    const page = await browser.open(await board.requestUrl());
    expect(failureOnPage(page)?.code).toBe('DB-401');
    const back = await browser.open(`${server.url}/saml/arrive/${page.url.split('/').pop() ?? ''}`);
    expect(statusOf(back)).toEqual(['Responder', 'RequestDenied']);
  });

  test('a service that is disabled meanwhile gets nothing', async () => {
    const browser = new TestBrowser();
    const password = await browser.open(await wiki.requestUrl());
    const fields = { username: (await somebody()).username, password: PASSWORD };
    const left = await browser.post(password, fields);
    expect(new URL(left.location ?? '').pathname).toMatch(/^\/saml\/arrive\//);
    const parties = [...server.registry.all()];
    const changed = parties.map((one) => (one.id === 'wiki' ? { ...one, enabled: false } : one));
    server.registry.replace(changed);
    try {
      expect(failureOnPage(await browser.follow(left))?.code).toBe('DB-403');
      expect(failureOnPage(await browser.open(await wiki.requestUrl()))?.code).toBe('DB-403');
    } finally {
      server.registry.replace(parties);
    }
  });
});

describe('with the rest of the house', () => {
  test('the session of a SAML sign-in gives OIDC a code without a question', async () => {
    const browser = await signedIn();
    const payroll = await OidcClient.discover(server.url, 'payroll');
    const quiet = await payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(quiet.url))['code']).toBeDefined();
  });

  test('the session knows the service, and the audit log what it was told', async () => {
    const who = await somebody();
    await signedIn(who);
    const { base, parts } = server.drawbridge;
    const sessions = await parts.sessions.ofPerson(who.id);
    const newest = sessions.sort((a, b) => b.startedAt - a.startedAt)[0];
    expect(newest?.participants['saml:intranet']).toMatchObject({
      protocol: 'saml',
      state: { issuer: 'default' },
    });
    const rows = await base.database.db
      .selectFrom('audit_events')
      .selectAll()
      .where('kind', '=', 'assertion.issued')
      .where('person_id', '=', who.id)
      .execute();
    expect(rows[0]).toMatchObject({ person_id: who.id, relying_party: 'intranet' });
  });
});

function postedTo(page: Visit): string {
  return /<form method="post" action="([^"]*)"/.exec(page.body)?.[1] ?? '';
}

async function upToCode(browser: TestBrowser, url: string, username: string): Promise<Visit> {
  return browser.submit(await browser.open(url), { username, password: PASSWORD });
}

function authnInstant(page: Visit): number {
  return Date.parse(/AuthnInstant="([^"]+)"/.exec(postedXml(page))?.[1] ?? '');
}

function context(...classes: string[]) {
  return { disableRequestedAuthnContext: false, authnContext: classes };
}

/** node-saml has no option for the index of a consumer: it is put into the request it makes. */
async function withIndex(service: SamlClient, index: number): Promise<string> {
  return service.requestUrlWith((xml) =>
    xml
      .replace(/ (ProtocolBinding|AssertionConsumerServiceURL)="[^"]*"/g, '')
      .replace(' Version="2.0"', ` Version="2.0" AssertionConsumerServiceIndex="${index}"`),
  );
}
