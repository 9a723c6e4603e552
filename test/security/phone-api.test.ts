import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { ManualClock } from '../support/manual-clock.js';
import { addPerson } from '../support/people.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import { TestBrowser } from '../support/browser.js';
import { publicKeyOf, signedText } from '../support/reference-authenticator/keys.js';
import { blind } from '../support/reference-authenticator/oprf.js';
import type { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { toyParty, toyProtocol } from '../support/toy/toy-protocol.js';

/** Attacks on the API of phones by somebody who has no phone, somebody else's, or one of their own. */
const clock = new ManualClock(Date.now());
let server: TestServer;
let api: string;
beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [toyParty],
    processes: 1,
    clock,
    choices: { protocols: [toyProtocol] },
  });
  api = `${server.url}/authenticator/api`;
});
afterAll(() => server.close());

let people = 0;
async function somebody(): Promise<{ person: Person; phone: ReferenceAuthenticator }> {
  people += 1;
  const { person } = await addPerson(server.drawbridge, `vic${people}`, { otp: false });
  return { person, phone: await addPhone(server, person) };
}
const rowOf = ({ kept }: ReferenceAuthenticator) =>
  server.drawbridge.base.database.db
    .selectFrom('profiles')
    .select(['seq', 'failures', 'revoked_at', 'locked_at', 'name'])
    .where('id', '=', kept.profile)
    .executeTakeFirstOrThrow();
const asked = async ({ person, phone }: Awaited<ReturnType<typeof somebody>>) => {
  const page = await upToPhone(new TestBrowser(), `${server.url}/toy`, person.username);
  const [challenge] = await phone.pending();
  return { page, challenge: challenge! };
};
const errorsLogged = () => server.log.filter((line) => line.includes('authenticator.failed'));

const deep = (open: string, close: string, times: number) =>
  open.repeat(times) + close.repeat(times);

describe('a body', () => {
  test.each([
    ['nested lists', deep('[', ']', 8_000)],
    ['nested objects', deep('{"a":', '}', 2_000).replace('}', '1}')],
    [
      'a thousand members',
      JSON.stringify(Object.fromEntries([...Array(900).keys()].map((n) => [`m${n}`, n]))),
    ],
    ['one member twice', '{"code":"0","code":"1"}'],
    ['a fitting name twice', '{"name":"one","name":"another"}'],
    ['a fitting name twice, once in disguise', '{"name":"one","n\\u0061me":"another"}'],
    ['a prototype', '{"__proto__":{"code":"00000000000000000000000000000000"}}'],
    ['a constructor', '{"constructor":{"prototype":{"code":1}}}'],
    ['a number beyond all', '{"code":1e999999}'],
    ['lone surrogates', '{"code":"\\ud800"}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no JSON', '{'],
    ['nothing', ''],
    ['a byte order mark', '\ufeff{}'],
  ])('of %s is 400, signed or not', async (_, body) => {
    const { phone } = await somebody();
    const begun = await fetch(`${api}/activation/begin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([begun.status, await begun.json()]).toEqual([400, { error: 'malformed' }]);
    const signed = await phone.send('PATCH', '/profile', body);
    expect([signed.status, signed.body]).toEqual([400, { error: 'malformed' }]);
    expect(errorsLogged()).toEqual([]);
  });

  test.each([
    ['null', null],
    ['a number', 7],
    ['a list', ['0']],
    ['empty', ''],
    ['too short', '0'.repeat(31)],
    ['too long', '0'.repeat(33)],
    ['as long as a body may be', '0'.repeat(16_000)],
    ['in small letters', 'a'.repeat(32)],
    ['with letters that no code has', 'U'.repeat(32)],
    ['in digits of another script', '٠'.repeat(32)],
    ['in wide digits', '０'.repeat(32)],
    ['with a blank at its end', `${'0'.repeat(32)}\n`],
    ['in letters beyond the first plane', '𝟎'.repeat(16)],
  ])('with a code that is %s is 400, though all else is right', async (_, code) => {
    const { phone } = await somebody();
    const begin = async (value: unknown) => {
      const answer = await fetch(`${api}/activation/begin`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          code: value,
          deviceKey: publicKeyOf(phone.kept.deviceKey).toString('base64url'),
          device: { installation: Buffer.alloc(16).toString('base64url'), name: 'x' },
        }),
      });
      return [answer.status, await answer.json()];
    };
    expect(await begin(code)).toEqual([400, { error: 'malformed' }]);
    expect(await begin('0'.repeat(32))).toEqual([404, { error: 'not_found' }]);
  });

  test('of bytes that are no UTF-8 is 400, of another kind 415, of more than 16 KiB 413', async () => {
    const post = (body: BodyInit, type = 'application/json', more: Record<string, string> = {}) =>
      fetch(`${api}/activation/begin`, {
        method: 'POST',
        headers: { 'content-type': type, ...more },
        body,
      }).then(({ status }) => status);
    expect(await post(Buffer.from([0x7b, 0xff, 0x7d]))).toBe(400);
    expect(await post('{}', 'text/plain')).toBe(415);
    expect(await post('code=1', 'application/x-www-form-urlencoded')).toBe(415);
    expect(await post('{}', 'application/json', { 'content-encoding': 'gzip' })).toBe(415);
    expect(await post('{}', 'application/json; charset=utf-16')).toBe(415);
    expect(await post(`{"a":"${'x'.repeat(16 * 1024)}"}`)).toBe(413);
    expect(await post(`{"code":"${'0'.repeat(1_000_000)}"}`)).toBe(413);
  });
});

describe('a signed request', () => {
  const send = (proof: string, path = '/inbox') =>
    fetch(`${api}${path}`, { headers: { 'Drawbridge-Request': proof } }).then(
      ({ status }) => status,
      () => 431,
    );

  test('of a profile that nobody knows is 401, and says nothing else', async () => {
    const { phone } = await somebody();
    const stranger = phone.copy(server.url);
    stranger.kept.profile = 'prf_AAECAwQFBgcICQoLDA0ODw';
    const answer = await stranger.inbox();
    expect([answer.status, answer.body]).toEqual([401, { error: 'unauthorized' }]);
    const forger = phone.copy(server.url);
    forger.kept = { ...forger.kept, deviceKey: Buffer.alloc(32, 9) };
    const forged = await forger.inbox();
    expect([forged.status, forged.body]).toEqual([answer.status, answer.body]);
  });

  test('that is too long, or in any way no such text, is 401 and costs its profile nothing', async () => {
    const { phone } = await somebody();
    const { proof } = phone.prepare('GET', '/inbox');
    const [header = '', payload = '', signature = ''] = proof.split('.');
    const b64 = (text: string) => Buffer.from(text).toString('base64url');
    const text = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const with_ = (more: object) => b64(JSON.stringify({ ...text, ...more }));
    const key = { kid: `${phone.kept.profile}#device`, scalar: phone.kept.deviceKey };
    const sign = (content: object) => signedText('request', key, JSON.stringify(content));
    const texts = [
      '',
      '.',
      '..',
      '...',
      proof.slice(0, -1),
      `${proof}A`,
      `${proof}.`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}.`,
      `.${payload}.${signature}`,
      `${header}..${signature}`,
      `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
      `${header}.${payload}.${Buffer.alloc(70, 1).toString('base64url')}`,
      `${b64('null')}.${payload}.${signature}`,
      `${b64('[]')}.${payload}.${signature}`,
      `${b64('{"alg":"none"}')}.${payload}.`,
      `${b64(deep('{"a":', '}', 300).replace('}', '1}'))}.${payload}.${signature}`,
      `${header}.${with_({ seq: 2 ** 53 })}.${signature}`,
      sign({ ...text, seq: 2 ** 53 }),
      sign({ ...text, seq: 1.5 }),
      sign({ ...text, seq: -1 }),
      sign({ ...text, seq: '1' }),
      sign({ ...text, iat: null }),
      sign({ ...text, more: 1 }),
      sign({ ...text, htm: 'get' }),
      sign({ ...text, htu: `${server.url}/authenticator/api/codes` }),
      sign({ ...text, htu: 'https://id.elsewhere.example/authenticator/api/inbox' }),
      sign({ ...text, body: '' }),
      sign([]),
      signedText('request', key, JSON.stringify(text).replace('{', '{"seq":1,')),
      signedText('request', key, JSON.stringify(text).replace('{', '{"htm":"GET",')),
      'A'.repeat(4_097),
      `${header}.${'A'.repeat(4_000)}.${signature}`,
    ];
    for (const [index, one] of texts.entries()) {
      expect([index, await send(one)]).toEqual([index, 401]);
    }
    // Longer than any header may be: the HTTP server has its own word for that.
    expect(await send('A'.repeat(100_000))).toBe(431);
    expect(await rowOf(phone)).toMatchObject({ failures: 0, revoked_at: null });
    expect(await send(proof)).toBe(200);
    expect(errorsLogged()).toEqual([]);
  });

  test('with a header that names another algorithm, key or purpose is 401, whatever its signature', async () => {
    const { phone } = await somebody();
    const { proof } = phone.prepare('GET', '/inbox');
    const [, payload = '', signature = ''] = proof.split('.');
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = `${phone.kept.profile}#device`;
    const typ = 'drawbridge-request+jws';
    for (const header of [
      { alg: 'none', typ, kid },
      { alg: 'HS256', typ, kid },
      { alg: 'ES384', typ, kid },
      { alg: 'ES256', typ, kid: `${phone.kept.profile}#approval` },
      { alg: 'ES256', typ: 'drawbridge-approval+jws', kid },
      { alg: 'ES256', typ, kid, jwk: publicKey.export({ format: 'jwk' }) },
      { alg: 'ES256', typ, kid, jku: 'https://evil.example/jwks' },
      { alg: 'ES256', typ, kid, b64: false, crit: ['b64'] },
      { alg: 'ES256', typ },
    ]) {
      const text = Buffer.from(JSON.stringify(header)).toString('base64url');
      expect([header, await send(`${text}.${payload}.${signature}`)]).toEqual([header, 401]);
    }
  });

  test('of one profile is of no use for another, of the same or another person', async () => {
    const [hers, his] = [await somebody(), await somebody()];
    const spare = await addPhone(server, hers.person);
    const { challenge } = await asked(hers);
    const x = await his.phone.input(PIN);
    const path = `/challenges/${challenge.id}/evaluate`;
    expect(await his.phone.evaluate(path, x)).toMatchObject({ status: 404 });
    expect((await his.phone.deny(challenge)).status).toBe(404);
    // Both phones of hers were asked, each for itself: what one was asked the other cannot answer.
    const mixed = await spare.answer(
      challenge.id,
      hers.phone.signed(hers.phone.payload(challenge, 'deny', null), null),
    );
    expect(mixed.status).toBe(401);
    const asHers = { ...spare.payload(challenge, 'deny', null), profile: hers.phone.kept.profile };
    expect((await spare.answer(challenge.id, spare.signed(asHers, null))).status).toBe(400);
    const { desk } = server.drawbridge.parts.phones;
    expect((await desk.find(challenge.id as never))?.state.kind).toBe('live');
    expect(await rowOf(his.phone)).toMatchObject({ failures: 0 });
    expect(await rowOf(hers.phone)).toMatchObject({ failures: 0 });
  });
});

/** An x that is no member of the field. */
const beyondTheField = Buffer.concat([Buffer.of(2), Buffer.alloc(32, 255)]);

describe('the evaluation', () => {
  test('answers nothing without a live request, after it, or for what is no point', async () => {
    const one = await somebody();
    const x = await one.phone.input(PIN);
    const evaluate = (id: string) => one.phone.evaluate(`/challenges/${id}/evaluate`, x);
    expect(await evaluate('chl_AAECAwQFBgcICQoLDA0ODw')).toMatchObject({ status: 404 });
    expect(await evaluate('..%2f..%2factivation')).toMatchObject({ status: 404 });
    expect(await one.phone.evaluate('/activation/evaluate', x)).toMatchObject({ status: 409 });
    const { challenge } = await asked(one);
    const path = `/challenges/${challenge.id}/evaluate`;
    for (const blinded of [Buffer.alloc(33), Buffer.alloc(33, 4), beyondTheField]) {
      const answer = await one.phone.post(path, { blinded: blinded.toString('base64url') });
      expect([answer.status, answer.body]).toEqual([400, { error: 'point_invalid' }]);
    }
    for (const blinded of [Buffer.alloc(32, 2), Buffer.alloc(65, 4)]) {
      const answer = await one.phone.post(path, { blinded: blinded.toString('base64url') });
      expect(answer.body).toEqual({ error: 'malformed' });
    }
    expect(await rowOf(one.phone)).toMatchObject({ failures: 0 });
    await one.phone.deny(challenge);
    expect(await evaluate(challenge.id)).toMatchObject({ status: 404 });
    expect(await rowOf(one.phone)).toMatchObject({ failures: 0 });
  });

  test('sent again gives the same answer and costs one strike, also in fifty at once', async () => {
    const one = await somebody();
    const { challenge } = await asked(one);
    const body = JSON.stringify({
      blinded: blind(await one.phone.input('700441'), 5n).toString('base64url'),
    });
    const sent = one.phone.prepare('POST', `/challenges/${challenge.id}/evaluate`, body);
    const answers = await Promise.all(Array.from({ length: 50 }, () => one.phone.replay(sent)));
    expect(new Set(answers.map(({ status }) => status))).not.toContain(500);
    const right = answers.filter(({ status }) => status === 200);
    expect(right.length).toBeGreaterThan(0);
    expect(new Set(right.map(({ body: text }) => JSON.stringify(text))).size).toBe(1);
    expect(await rowOf(one.phone)).toMatchObject({ failures: 1, revoked_at: null });
  });
});

describe('fifty wrong PINs at once, each a request of its own', () => {
  test('are five strikes, a lock, and no approval', async () => {
    const one = await somebody();
    const { page, challenge } = await asked(one);
    const tries = Array.from({ length: 50 }, (_, index) => String(700_000 + index));
    // A device has one request under way at a time; whoever has its keys need not stick to that.
    const statuses: number[] = [];
    const { phone } = one;
    await Promise.all(
      tries.map(async (pin) => {
        const answer = await phone.approve(challenge, { number: numberOn(page), pin });
        statuses.push(answer.status);
      }),
    );
    expect(statuses.filter((status) => status === 200)).toEqual([]);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    const row = await rowOf(phone);
    expect(row.failures).toBeLessThanOrEqual(5);
    // Either the strikes stopped them, or their order gave them away.
    expect(row.locked_at !== null || row.revoked_at !== null).toBe(true);
  });
});

test('a name that turns the direction of a text round, or breaks its line, is refused', async () => {
  const { phone } = await somebody();
  for (const name of ['a\u202eb', 'a\u2066b', 'a\u0007b', 'a\u2028b', ' ', 'x'.repeat(65)]) {
    expect((await phone.rename(name)).status).toBe(400);
  }
  expect((await phone.rename('  Ärligt talat 📱 ')).status).toBe(204);
  expect(await rowOf(phone)).toMatchObject({ name: 'Ärligt talat 📱' });
});

test('the API takes no cookie, allows no other site, and is never cached', async () => {
  for (const path of ['/time', '/inbox', '/nothing']) {
    const answer = await fetch(`${api}${path}`, { headers: { origin: 'https://evil.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  }
});
