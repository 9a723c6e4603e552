import { createPublicKey, randomUUID } from 'node:crypto';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { CLAIMS, REDIRECT, TENANT } from '../support/external-mfa/entra-cloud.js';
import {
  externalMfaParty,
  setExternalMfaScene,
  type EntraUser,
  type ExternalMfaScene,
} from '../support/external-mfa/external-mfa-scene.js';
import { expectRefusalPage } from './support/ledger.js';

const OTHER_TENANT = '14c2f153-90a7-4689-9db7-9543bf084dad';

let scene: ExternalMfaScene;
let who: EntraUser;
beforeAll(async () => {
  scene = await setExternalMfaScene([
    externalMfaParty('contoso'),
    externalMfaParty('closed', {}, { enabled: false }),
    externalMfaParty('government', { cloud: 'us-government' }),
    externalMfaParty('by-object-id', { object_id_attribute: 'entraObjectId' }),
    externalMfaParty(
      'board',
      {},
      { policy: { factors: 2, maxAge: null, allowedFactors: null, groups: ['board'] } },
    ),
  ]);
  who = await scene.somebody();
});
afterAll(() => scene.close());

type Changes = Parameters<ExternalMfaScene['request']>[1];

/** Sends a request whose answer must be an error for Entra, with its state and without a token. */
async function posted(changes: Changes, of = who, party = 'contoso') {
  const fields = await scene.request(of, changes);
  const page = await scene.send(new TestBrowser(), fields, party);
  const answer = scene.answerOf(page);
  expect(answer['id_token']).toBeUndefined();
  expect(answer['action']).toBe(REDIRECT);
  expect(answer['state']).toBe(fields['state']);
  const { data, reason } = await scene.rowOf(answer);
  return { error: answer['error'], detail: data['detail'], reason };
}

describe('where the answer goes', () => {
  const variants: [string, string][] = [
    ['a slash more', `${REDIRECT}/`],
    ['a letter less', REDIRECT.slice(0, -1)],
    ['upper case', REDIRECT.replace('common', 'Common')],
    ['a query', `${REDIRECT}?`],
    ['a fragment', `${REDIRECT}#`],
    ['a port', REDIRECT.replace('.com/', '.com:443/')],
    ['http', REDIRECT.replace('https', 'http')],
    ['another host', REDIRECT.replace('.com', '.com.evil.example')],
    ['user info', REDIRECT.replace('https://', 'https://a@')],
    ['a dot segment', REDIRECT.replace('/common/', '/common/./')],
    ['percent-encoding', REDIRECT.replace('common', '%63ommon')],
    ['white space', `${REDIRECT} `],
    ['nothing', ''],
  ];
  test.each(variants)('redirect address off by one: %s', async (_name, redirect_uri) => {
    const fields = await scene.request(who, { fields: { redirect_uri } });
    const page = await scene.send(new TestBrowser(), fields);
    expectRefusalPage(page);
    expect(page.body).not.toContain('<form method="post"');
  });

  test('a party of one cloud answers no other', async () => {
    const fields = await scene.request(who, { fields: { client_id: 'government-client' } });
    expectRefusalPage(await scene.send(new TestBrowser(), fields, 'government'));
  });

  test('the misprint redirect_url of older documentation is not taken for it', async () => {
    const fields = await scene.request(who, {
      fields: { redirect_uri: undefined, redirect_url: REDIRECT },
    });
    expectRefusalPage(await scene.send(new TestBrowser(), fields));
  });

  test.each([
    ['another client', { client_id: 'somebody-else' }],
    ['a client in upper case', { client_id: 'CONTOSO-CLIENT' }],
    ['no client', { client_id: undefined }],
  ])('%s is told so on a page of ours', async (_name, fields) => {
    const page = await scene.send(new TestBrowser(), await scene.request(who, { fields }));
    expectRefusalPage(page);
  });

  test('a party that is disabled answers nothing', async () => {
    const fields = await scene.request(who, { fields: { client_id: 'closed-client' } });
    expectRefusalPage(await scene.send(new TestBrowser(), fields, 'closed'));
  });
});

describe('the hint', () => {
  const iat = () => Math.floor(scene.clock.now() / 1000);
  const cases: [string, string, () => Changes][] = [
    [
      'of another tenant',
      'hint-issuer',
      () => ({ claims: { iss: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0` } }),
    ],
    ['of a tenant that is not allowed', 'hint-tenant', () => ({ claims: { tid: OTHER_TENANT } })],
    [
      'of the tenant in upper case',
      'hint-claim tid',
      () => ({ claims: { tid: TENANT.toUpperCase() } }),
    ],
    [
      'of another cloud',
      'hint-issuer',
      () => ({ claims: { iss: `https://login.microsoftonline.us/${TENANT}/v2.0` } }),
    ],
    [
      'of the older endpoint',
      'hint-issuer',
      () => ({ claims: { iss: `https://sts.windows.net/${TENANT}/` } }),
    ],
    ['for another application', 'hint-audience', () => ({ claims: { aud: OTHER_TENANT } })],
    ['for us by our client id', 'hint-audience', () => ({ claims: { aud: 'contoso-client' } })],
    ['for several', 'hint-claim aud', () => ({ claims: { aud: [OTHER_TENANT] } })],
    ['without an object id', 'hint-claim oid', () => ({ claims: { oid: undefined } })],
    ['with an object id that is none', 'hint-claim oid', () => ({ claims: { oid: 'admin' } })],
    ['without a subject', 'hint-claim sub', () => ({ claims: { sub: undefined } })],
    ['of version 1', 'hint-claim ver', () => ({ claims: { ver: '1.0' } })],
    [
      'expired beyond what is allowed',
      'hint-too-old',
      () => ({ claims: { iat: iat() - 481, nbf: iat() - 481, exp: iat() - 481 } }),
    ],
    [
      'old, however long it says it is good',
      'hint-too-old',
      () => ({ claims: { iat: iat() - 3600, nbf: iat() - 3600, exp: iat() + 3600 } }),
    ],
    ['of the future', 'hint-in-the-future', () => ({ claims: { iat: iat() + 181 } })],
    ['not valid yet', 'hint-in-the-future', () => ({ claims: { nbf: iat() + 181 } })],
    ['that is none', 'hint-malformed', () => ({ hint: 'a.b.c' })],
    ['of two parts', 'hint-malformed', () => ({ hint: 'a.b' })],
    ['that is absent', 'no-hint', () => ({ fields: { id_token_hint: undefined } })],
  ];
  test.each(cases)('%s', async (_name, detail, changes) => {
    expect(await posted(changes())).toEqual({
      error: 'invalid_request',
      reason: 'request_invalid',
      detail,
    });
  });

  test('a little old is good: it is issued expired and takes its way', async () => {
    const claims = { iat: iat() - 240, nbf: iat() - 240, exp: iat() - 240 };
    const page = await scene.send(new TestBrowser(), await scene.request(who, { claims }));
    expect(page.body).toContain('name="code"');
  });

  const claims = () => ({
    ver: '2.0',
    iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
    aud: '600b719b-3766-4dc5-95a6-3c4a8dc31885',
    sub: 'somebody',
    oid: who.objectId,
    tid: TENANT,
    preferred_username: who.upn,
    iat: iat(),
    nbf: iat(),
    exp: iat(),
  });

  test('alg none', async () => {
    const hint = new UnsecuredJWT(claims()).encode();
    expect((await posted({ hint })).detail).toBe('hint-algorithm');
  });

  test('HS256 with the public key', async () => {
    const published = await fetch(
      scene.cloud.clouds.global.metadataUrl.replace('metadata', 'keys'),
    );
    const { keys } = (await published.json()) as { keys: Record<string, string>[] };
    const [jwk = {}] = keys;
    const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    const header = { alg: 'HS256', kid: jwk['kid'] };
    const hint = await scene.cloud.hint(claims(), { header, key: Buffer.from(pem) });
    expect((await posted({ hint })).detail).toBe('hint-algorithm');
  });

  test('a wrong key id, and none', async () => {
    for (const [kid, detail] of [
      ['nobody-has-this', 'hint-unknown-key'],
      ['../../etc/passwd', 'hint-unknown-key'],
      [undefined, 'hint-no-key-id'],
    ] as const) {
      const hint = await scene.cloud.hint(claims(), { header: { kid } });
      expect((await posted({ hint })).detail).toBe(detail);
    }
  });

  test('the key id of one key, signed by another, with its own key in the header', async () => {
    const good = await scene.cloud.hint(claims());
    scene.cloud.roll({ publish: false });
    const { kid = '' } = JSON.parse(
      Buffer.from(good.split('.')[0] ?? '', 'base64url').toString(),
    ) as { kid?: string };
    const jwk = { kty: 'RSA', n: 'AQAB', e: 'AQAB' };
    const elsewhere = { jwk, jku: 'https://evil', x5u: 'https://evil', x5c: ['MIIB'] };
    const hint = await scene.cloud.hint(claims(), { header: { kid, ...elsewhere } });
    expect((await posted({ hint })).detail).toBe('hint-signature');
    scene.cloud.roll();
    scene.clock.advance(60_000);
  });

  test('a key of one tenant signs for no other', async () => {
    scene.cloud.roll({ issuer: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0` });
    scene.clock.advance(60_000);
    expect((await posted({})).detail).toBe('hint-key-of-other-issuer');
    scene.cloud.roll();
    scene.clock.advance(60_000);
  });

  test('a changed claim', async () => {
    const [header = '', , signature = ''] = (await scene.cloud.hint(claims())).split('.');
    const changed = { ...claims(), oid: randomUUID() };
    const payload = Buffer.from(JSON.stringify(changed)).toString('base64url');
    const hint = `${header}.${payload}.${signature}`;
    expect((await posted({ hint })).detail).toBe('hint-signature');
  });

  test('of 1 MB', async () => {
    const fields = await scene.request(who, { hint: 'x'.repeat(1024 * 1024) });
    const answer = await fetch(`${scene.server.url}/external-mfa/contoso/authorize`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { accept: 'text/html' },
    });
    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain('DB-602');
  });
});

describe('the request', () => {
  test.each([
    ['response_type code', { response_type: 'code' }, 'response-type'],
    ['response_mode query', { response_mode: 'query' }, 'response-mode'],
    ['scope without openid', { scope: 'profile' }, 'scope'],
    ['no nonce', { nonce: undefined }, 'nonce'],
    ['no claims', { claims: undefined }, 'claims'],
    ['claims that are no JSON', { claims: '{' }, 'claims'],
    ['claims that are a list', { claims: '[]' }, 'claims'],
    [
      'claims nested a thousand deep',
      { claims: `${'['.repeat(1000)}${']'.repeat(1000)}` },
      'claims',
    ],
    ['claims without acr', { claims: '{"id_token":{}}' }, 'claims'],
  ])('%s', async (_name, fields, detail) => {
    expect(await posted({ fields })).toMatchObject({ error: 'invalid_request', detail });
  });

  test.each([
    'knowledge',
    'possession',
    'inherence',
    'knowledgeorpossession',
    'knowledgeorinherence',
    'knowledgeorpossessionorinherence',
    'urn:drawbridge:acr:multi-factor',
    '__proto__',
  ])('an impossible acr: %s', async (acr) => {
    const claims = JSON.stringify({ id_token: { ...CLAIMS.id_token, acr: { values: [acr] } } });
    expect(await posted({ fields: { claims } })).toMatchObject({
      error: 'access_denied',
      detail: 'acr',
    });
  });

  test('amr values of which we can prove none', async () => {
    const amr = { essential: true, values: ['sms', 'tel', 'retina', 'constructor'] };
    const claims = JSON.stringify({ id_token: { ...CLAIMS.id_token, amr } });
    expect(await posted({ fields: { claims } })).toMatchObject({
      error: 'access_denied',
      detail: 'amr',
    });
  });

  test('a code is not what somebody may show who is asked for a key', async () => {
    const amr = { essential: true, values: ['fido'] };
    const claims = JSON.stringify({ id_token: { ...CLAIMS.id_token, amr } });
    const browser = new TestBrowser();
    const page = await scene.send(browser, await scene.request(who, { fields: { claims } }));
    const answer = scene.answerOf(page);
    expect(answer).toMatchObject({ action: REDIRECT, error: 'access_denied' });
    expect((await scene.rowOf(answer)).data['detail']).toBe('amr');
  });

  test('a replayed nonce, with another state and another hint', async () => {
    const nonce = randomUUID();
    const first = await scene.request(who, { fields: { nonce } });
    expect((await scene.send(new TestBrowser(), first)).body).toContain('name="code"');
    expect(await posted({ fields: { nonce } })).toMatchObject({ detail: 'replayed-nonce' });
  });

  test('a replayed state, with another nonce', async () => {
    const state = randomUUID();
    await scene.send(new TestBrowser(), await scene.request(who, { fields: { state } }));
    expect(await posted({ fields: { state } })).toMatchObject({ detail: 'replayed-state' });
  });

  test('the whole request again, many times at once: one is served', async () => {
    const fields = await scene.request(who);
    const pages = await Promise.all(
      Array.from({ length: 8 }, () => scene.send(new TestBrowser(), fields)),
    );
    expect(pages.filter((page) => page.body.includes('name="code"'))).toHaveLength(1);
  });

  test('a parked request is good once', async () => {
    const parked = await new TestBrowser().request(
      `${scene.server.url}/external-mfa/contoso/authorize`,
      { method: 'POST', body: new URLSearchParams(await scene.request(who)) },
    );
    const handle = parked.location ?? '';
    const pages = await Promise.all([1, 2, 3].map(() => new TestBrowser().open(handle)));
    expect(pages.filter((page) => page.body.includes('name="code"'))).toHaveLength(1);
    const elsewhere = await scene.request(who);
    const other = await new TestBrowser().request(
      `${scene.server.url}/external-mfa/contoso/authorize`,
      { method: 'POST', body: new URLSearchParams(elsewhere) },
    );
    const moved = (other.location ?? '').replace('/contoso/', '/board/');
    expectRefusalPage(await new TestBrowser().open(moved));
  });

  test('a form beside a query, JSON, and other methods', async () => {
    const url = `${scene.server.url}/external-mfa/contoso/authorize`;
    const fields = await scene.request(who);
    const both = await fetch(`${url}?client_id=contoso-client`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    expect(both.status).toBe(400);
    const body = JSON.stringify(fields);
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(415);
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405);
    const twice = `${new URLSearchParams(fields).toString()}&client_id=contoso-client`;
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await fetch(url, { method: 'POST', body: twice, headers: type })).status).toBe(400);
  });

  test('by GET, which would leave the hint in histories and logs', async () => {
    const query = new URLSearchParams(await scene.request(who)).toString();
    const answer = await fetch(`${scene.server.url}/external-mfa/contoso/authorize?${query}`);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });

  test('parameters nobody knows are let be', async () => {
    const fields = { mkt: 'sv-SE', 'client-request-id': '', prompt: 'login', x_unknown: '{"a":1}' };
    const page = await scene.send(new TestBrowser(), await scene.request(who, { fields }));
    expect(page.body).toContain('name="code"');
  });

  test('state and name come back escaped', async () => {
    const state = `"><script>alert(1)</script>&'`;
    const page = await scene.send(
      new TestBrowser(),
      await scene.request(who, { fields: { state, scope: 'none' } }),
    );
    expect(page.body).not.toContain('<script>alert');
    expect(scene.answerOf(page)['state']).toBe(state);
  });
});
