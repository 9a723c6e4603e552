import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formOf, TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { answerOf } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { postedToken, WsFedClient } from '../support/wsfed/wsfed-client.js';
import { realmOf, replyOf, wsFedParty } from '../support/wsfed/wsfed-party.js';
import { oneFactor, setScene, upToCode, type Scene, type Somebody } from './support/scene.js';

const MULTI = 'http://schemas.microsoft.com/claims/multipleauthn';
let scene: Scene;
let intranet: WsFedClient;
let library: WsFedClient;

beforeAll(async () => {
  scene = await setScene({
    relyingParties: [
      wsFedParty('intranet'),
      wsFedParty(
        'library',
        { attributes: { 'urn:example:claims/name': 'name' } },
        { policy: { ...oneFactor } },
      ),
      wsFedParty('closed', {}, { enabled: false }),
    ],
  });
  intranet = new WsFedClient('intranet', scene.url);
  library = new WsFedClient('library', scene.url);
});
afterAll(() => scene.close());

const passive = () => `${scene.url}/wsfed`;
const raw = (query: string) => new TestBrowser().open(`${passive()}?${query}`);
const good = () => `wa=wsignin1.0&wtrealm=${encodeURIComponent(realmOf('intranet'))}`;

/** Refused on a page of ours, which leads nowhere else and starts nothing. */
function expectRefused(page: Visit, code: string): void {
  expect(page.status).toBe(400);
  expect(failureOnPage(page)?.code).toBe(code);
  expect(page.location).toBeNull();
  // Other languages of this page are asked for by the same request.
  expect(page.body.replace(/<nav [^]*?<\/nav>/, '')).not.toMatch(/evil|7300|Assertion/);
}

async function signedIn(
  client = intranet,
): Promise<{ browser: TestBrowser; who: Somebody; page: Visit }> {
  const who = await scene.somebody();
  const browser = new TestBrowser();
  let page = await upToCode(browser, client.requestUrl(), who);
  if (client === intranet) page = await browser.submit(page, { code: who.code() });
  await client.receive(page, 'ctx', scene.clock.now());
  return { browser, who, page };
}

async function isSignedIn(browser: TestBrowser): Promise<boolean> {
  const quiet = await scene.wiki.request({ prompt: 'none' });
  return answerOf(await browser.open(quiet.url))['code'] !== undefined;
}

async function refusals(): Promise<number> {
  const rows = await scene.server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select('reference')
    .where('kind', '=', 'request.refused')
    .execute();
  return rows.length;
}

describe('B93 wtrealm', () => {
  test.each([
    ['unknown', 'urn:example:nobody'],
    ['in another case', realmOf('intranet').toUpperCase()],
    ['encoded twice', encodeURIComponent(realmOf('intranet'))],
    ['with a space behind it', `${realmOf('intranet')} `],
    ['with a slash behind it', `${realmOf('intranet')}/`],
    ['of one that is switched off', realmOf('closed')],
    ['that every object has', '__proto__'],
    ['with a letter that looks the same', realmOf('intranet').replace('a', '\u0430')],
    ['with a NUL-like space', `${realmOf('intranet')}\u200b`],
    ['of two, one behind the other', `${realmOf('intranet')},${realmOf('library')}`],
  ])('%s: 400, nothing sent, one row', async (_name, realm) => {
    const before = await refusals();
    expectRefused(await new TestBrowser().open(intranet.requestUrl({ wtrealm: realm })), 'DB-403');
    expect(await refusals()).toBe(before + 1);
  });

  test('missing or empty', async () => {
    expectRefused(await raw('wa=wsignin1.0'), 'DB-404');
    expectRefused(await raw('wa=wsignin1.0&wtrealm='), 'DB-404');
  });
});

describe('B93 wreply not registered', () => {
  test.each([
    'https://evil.example/',
    `${replyOf('intranet')}more`,
    replyOf('intranet').slice(0, -1),
    replyOf('intranet').toUpperCase(),
    replyOf('library'),
    `${replyOf('intranet')}?evil`,
    `${replyOf('intranet')}#evil`,
    `${replyOf('intranet')}..;/evil`,
    'http://127.0.0.1:7300@evil.example/intranet/',
    'javascript:alert(1)',
    '//evil.example/',
    `${replyOf('intranet')}\t`,
  ])('%j: 400 and no redirect, with a session too', async (wreply) => {
    expectRefused(await new TestBrowser().open(intranet.requestUrl({ wreply })), 'DB-405');
    const { browser } = await signedIn(library);
    expectRefused(await browser.open(library.requestUrl({ wreply: `${wreply}.evil` })), 'DB-405');
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', 'http://service.example/', 'https://*/'])(
    'S17 %s cannot be registered',
    (url) => {
      expect(() => wsFedParty('x', { reply_urls: [url] })).toThrow();
    },
  );
});

describe('B93 wctx', () => {
  test('HTML comes back as it was, and is text on the page', async () => {
    const { browser } = await signedIn(library);
    const wctx = `"><script>alert(1)</script>'&amp;&lt;%22 é\u{2028}\u{1f600}=&;`;
    const page = await browser.open(library.requestUrl({ wctx }));
    expect(page.body).not.toContain('<script>alert');
    expect(page.body).not.toContain(`value="">`);
    await library.receive(page, wctx, scene.clock.now());
  });

  test('whatever it is, byte for byte', async () => {
    const { browser } = await signedIn(library);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => !/[\0\p{Cs}]/u.test(text)),
        async (wctx) => {
          const page = await browser.open(library.requestUrl({ wctx }));
          expect(formOf(page).hidden['wctx']).toBe(wctx);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('4096 bytes are carried, one more is refused', async () => {
    const { browser } = await signedIn(library);
    const most = 'é'.repeat(2048);
    const page = await browser.open(library.requestUrl({ wctx: most }));
    await library.receive(page, most, scene.clock.now());
    expectRefused(await browser.open(library.requestUrl({ wctx: `${most}x` })), 'DB-404');
  });

  test('none is none', async () => {
    const { browser } = await signedIn(library);
    await library.receive(
      await browser.open(library.requestUrl({ wctx: null })),
      null,
      scene.clock.now(),
    );
  });
});

describe('B93 wct old', () => {
  const at = (ms: number) => new Date(scene.clock.now() + ms).toISOString();
  test.each([
    ['six minutes old', () => at(-6 * 60_000)],
    ['four minutes ahead', () => at(4 * 60_000)],
    ['no time', () => 'yesterday'],
    ['a time without a zone', () => at(0).replace('Z', '')],
    ['a number', () => '1700000000'],
  ])('%s: refused, with a session too', async (_name, wct) => {
    const { browser } = await signedIn(library);
    expectRefused(await browser.open(library.requestUrl({ wct: wct() })), 'DB-404');
  });

  test('one of now is taken', async () => {
    const { browser } = await signedIn(library);
    const page = await browser.open(library.requestUrl({ wct: at(-60_000) }));
    await library.receive(page, 'ctx', scene.clock.now());
  });
});

describe('B93 wfresh=0', () => {
  test('forces login, and the old proofs make no token', async () => {
    const { browser, who } = await signedIn();
    scene.clock.advance(30_000);
    const form = await browser.open(intranet.requestUrl({ wfresh: '0' }));
    expect(form.body).toContain('name="password"');
    const otp = await browser.submit(form, { username: who.username, password: PASSWORD });
    expect(otp.body).toContain('name="code"');
    const page = await browser.submit(otp, { code: who.code() });
    const token = await intranet.receive(page, 'ctx', scene.clock.now());
    expect(token.instant).toBeGreaterThanOrEqual(scene.clock.now() - 30_000);
  });

  test.each(['-1', '1.5', '0x0', 'never', '99999999999', ' 0'])('%j is refused', async (wfresh) => {
    expectRefused(await new TestBrowser().open(intranet.requestUrl({ wfresh })), 'DB-404');
    const url = intranet.requestUrl({ mfa_max_age: wfresh });
    expectRefused(await new TestBrowser().open(url), 'DB-404');
  });
});

describe('B93 a token with a false multipleauthn is never issued', () => {
  const demands = [
    {},
    { wauth: MULTI },
    { wauth: MULTI, mfa_max_age: '60' },
    { wauth: MULTI, wfresh: '0' },
    { mfa_max_age: '60' },
    { wfresh: '0' },
    { wfresh: '1', mfa_max_age: '0' },
    { prompt: 'login', wauth: MULTI },
  ];

  test('with a password alone, whatever is asked', async () => {
    const { browser } = await signedIn(library);
    for (const demand of demands) {
      scene.clock.advance(20_000);
      const page = await browser.open(library.requestUrl(demand));
      expect(page.body).not.toContain(MULTI);
    }
  });

  test('with both long ago, whatever age is asked', async () => {
    const { browser } = await signedIn();
    scene.clock.advance(61_000);
    for (const demand of demands.filter((one) => 'mfa_max_age' in one || 'wfresh' in one)) {
      const page = await browser.open(library.requestUrl(demand));
      expect(page.body).not.toContain(MULTI);
    }
  });

  test('with the code of a step-up that was left half way', async () => {
    const { browser, who } = await signedIn(library);
    const otp = await browser.open(library.requestUrl({ wauth: MULTI }));
    expect(otp.body).toContain('name="code"');
    await browser.submit(otp, { code: '000000' });
    expect((await browser.open(library.requestUrl())).body).not.toContain(MULTI);
    const page = await browser.submit(await browser.open(library.requestUrl({ wauth: MULTI })), {
      code: who.code(),
    });
    expect((await library.receive(page, 'ctx', scene.clock.now())).method).toBe(MULTI);
  });

  test('M1, B60 with only the password done there is no token at all', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    await upToCode(browser, intranet.requestUrl(), who);
    for (const client of [intranet, library]) {
      const page = await browser.open(client.requestUrl());
      expect(page.body).toContain('name="username"');
    }
  });
});

describe('B93 wsignoutcleanup1.0 from another site', () => {
  test('a clean-up page only: the session is alive, no cookie changes', async () => {
    const { browser } = await signedIn();
    for (const more of ['', `&wreply=${encodeURIComponent(replyOf('intranet'))}`]) {
      const page = await browser.request(`${passive()}?wa=wsignoutcleanup1.0${more}`);
      expect(page.status).toBe(200);
      expect(page.location).toBeNull();
      expect(page.headers.getSetCookie()).toEqual([]);
      expect(page.body).toContain('Signing out elsewhere');
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('by POST as well', async () => {
    const { browser } = await signedIn();
    const parked = await browser.request(passive(), {
      method: 'POST',
      body: new URLSearchParams({ wa: 'wsignoutcleanup1.0' }),
    });
    expect((await browser.open(parked.location ?? '')).status).toBe(200);
    expect(await isSignedIn(browser)).toBe(true);
  });

  test.each(['image', 'iframe', 'empty', 'script'])(
    'B50 wsignout1.0 that a page loads as %s ends nothing',
    async (destination) => {
      const { browser } = await signedIn();
      const page = await browser.request(`${passive()}?wa=wsignout1.0`, {
        headers: { 'sec-fetch-dest': destination },
      });
      expect(page.status).toBe(200);
      expect(await isSignedIn(browser)).toBe(true);
    },
  );
});

describe('one request is read in one way only', () => {
  test.each([
    ['a parameter twice', () => `${good()}&wtrealm=x`],
    ['the address twice', () => `${good()}&wreply=a&wreply=b`],
    ['a name in disguise', () => good().replace('wtrealm', '%77trealm')],
    ['a second one in disguise', () => `${good()}&%77reply=https://evil.example/`],
    ['bytes that are not UTF-8', () => `${good()}&wctx=%ff%fe`],
    ['a NUL', () => `${good()}&wctx=a%00b`],
    ['half a character', () => `${good()}&wctx=%ed%a0%80`],
    ['no action', () => good().replace('wa=wsignin1.0&', '')],
    ['an action in another case', () => good().replace('wsignin', 'WSIGNIN')],
    ['an action nobody knows', () => good().replace('wsignin1.0', 'wattr1.0')],
  ])('%s: 400', async (_name, query) => {
    expectRefused(await raw(query()), 'DB-404');
  });

  test('what means nothing here is let be', async () => {
    const page = await raw(`${good()}&x[]=1&x[]=2&client-request-id=%zz&lc&constructor=1`);
    expect(page.body).toContain('name="username"');
  });

  test('a query beside a form: 400', async () => {
    const page = await new TestBrowser().request(`${passive()}?${good()}`, {
      method: 'POST',
      body: new URLSearchParams(intranet.request()),
    });
    expectRefused(page, 'DB-404');
  });

  test.each([
    ['JSON', { 'content-type': 'application/json' }, '{}', 415],
    [
      'a form of 64 kB',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'a'.repeat(65_536),
      413,
    ],
    [
      'a form of 1 MB',
      { 'content-type': 'application/x-www-form-urlencoded' },
      `wa=wsignin1.0&wctx=${'a'.repeat(1_048_576)}`,
      413,
    ],
  ])('%s', async (_name, headers, body, status) => {
    const page = await new TestBrowser().request(passive(), { method: 'POST', headers, body });
    expect(page.status).toBe(status);
  });

  test.each(['PUT', 'DELETE', 'HEAD', 'PATCH'])('B106 %s: 405', async (method) => {
    const page = await new TestBrowser().request(`${passive()}?${good()}`, { method });
    expect(page.status).toBe(405);
  });
});

test('I1 one sign-in makes one token, however often it is fetched at once', async () => {
  const who = await scene.somebody();
  const browser = new TestBrowser();
  const otp = await upToCode(browser, intranet.requestUrl(), who);
  const left = await browser.post(otp, { code: who.code() });
  const pages = await Promise.all(
    Array.from({ length: 10 }, () => browser.request(left.location ?? '')),
  );
  const tokens = pages.filter((page) => page.body.includes('name="wresult"'));
  expect(tokens).toHaveLength(1);
});

test('S9, I8 people cannot write into the token', async () => {
  const who = await scene.somebody();
  const mean = `{x} </saml:AttributeValue><saml:Attribute AttributeName="role">&amp; $& é`;
  await scene.server.drawbridge.parts.people.update(who.id as never, { name: mean });
  const page = await upToCode(new TestBrowser(), library.requestUrl(), who);
  const token = await library.receive(page, 'ctx', scene.clock.now());
  expect(token.claims).toEqual({ 'urn:example:claims/name': [mean] });
});

test('nothing of an answer is kept or logged', async () => {
  const { page } = await signedIn();
  const value = /<ds:SignatureValue>([^<]+)</.exec(postedToken(page))?.[1] ?? '';
  expect(value.length).toBeGreaterThan(100);
  expect(scene.server.log.join('\n')).not.toContain(value.slice(0, 60));
});
