import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPair } from 'jose';
import { sql } from 'kysely';
import { readActivationCode } from '../../src/devices/wire/activation-code.js';
import { createBudgets, helpDeskBudgets } from '../../src/help-desk/budgets.js';
import { answerOf, CALLBACK } from '../support/oidc-client.js';
import { allScopes, DeskProgram, deskParty, told, type Answered } from '../support/help-desk.js';
import { mailsAbout } from '../support/mailbox.js';
import { Registrar } from '../support/registration/registrar.js';
import { OTHER, setDeskScene, type DeskScene } from './support/desk-scene.js';
import { rawRequest, statusesOf } from './support/raw-http.js';
import { token } from './support/scene.js';

let scene: DeskScene;
let desk: DeskProgram;
beforeAll(async () => {
  scene = await setDeskScene();
  desk = await DeskProgram.start(scene.url, 'desk');
});
afterAll(() => scene.close());

async function refusalsSince(before: number) {
  const { db } = scene.server.drawbridge.base.database;
  const rows = await db
    .selectFrom('audit_events')
    .select(['reference', 'reason', 'data', 'relying_party'])
    .where('kind', '=', 'request.refused')
    .orderBy('at')
    .execute();
  return rows.slice(before);
}

describe('who gets a token', () => {
  test.each([
    ['a service without a list of scopes', 'unnamed'],
    ['a service whose list has others', 'payroll'],
    ['a third party, whatever its file names', 'outside'],
  ])('not %s', async (_name, id) => {
    const { status, body } = await DeskProgram.at(scene.url, id).ask();
    expect([status, body['error']]).toEqual([400, 'invalid_target']);
  });

  test('scopes that the file does not name are left out, and the token has no more', async () => {
    const reader = await DeskProgram.start(scene.url, 'reader', { scope: allScopes });
    expect(told(await reader.get('/people/nobody'))).toEqual([404, 'DB-102']);
    expect(told(await reader.post('/revocations', { people: ['nobody'] }))).toEqual([
      403,
      'DB-802',
    ]);
  });

  test('a service that registers itself gets none, whatever it says of itself', async () => {
    const registrar = new Registrar(scene.server);
    const metadata = {
      client_name: 'Desk',
      redirect_uris: [CALLBACK],
      scope: `openid ${allScopes}`,
    };
    const wished = { ...metadata, grant_types: ['authorization_code', 'client_credentials'] };
    expect((await registrar.register(wished)).status).toBe(400);
    const { status, body } = await registrar.register(metadata);
    expect(status).toBe(201);
    const basic = Buffer.from(
      `${String(body['client_id'])}:${String(body['client_secret'])}`,
    ).toString('base64');
    const answer = await fetch(`${scene.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: allScopes,
        resource: desk.resource,
      }),
    });
    expect(answer.status).toBe(400);
  });

  test('nobody in the name of a person: the resource is refused where people sign in', async () => {
    const { url } = await scene.payroll.request();
    const asked = new URL(url);
    asked.searchParams.set('client_id', 'both');
    asked.searchParams.set('resource', desk.resource);
    asked.searchParams.set('scope', `openid ${allScopes}`);
    const answer = await fetch(asked, { redirect: 'manual' });
    const location = new URL(answer.headers.get('location') ?? '');
    expect(location.searchParams.get('error')).toBe('invalid_target');
  });
});

describe('a token that does not count', () => {
  const unauthorized = async (program: DeskProgram, path = '/people/nobody') => {
    const answer = await program.get(path);
    expect(told(answer)).toEqual([401, 'DB-801']);
    return answer;
  };
  const withToken = (value: string) => {
    const program = DeskProgram.at(scene.url, 'desk');
    program.token = value;
    return program;
  };

  test('none: the challenge says where, and nothing else', async () => {
    const answer = await fetch(`${desk.resource}/people/nobody`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const challenge = answer.headers.get('www-authenticate') ?? '';
    expect(challenge).toContain(`Bearer realm="${desk.resource}"`);
    expect(challenge).toContain(`DPoP realm="${desk.resource}"`);
    expect(challenge).not.toContain('error');
  });

  test('made up, and the answer does not repeat it', async () => {
    const answer = await unauthorized(withToken('made-up-token-0123456789'));
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(JSON.stringify(answer.body)).not.toContain('made-up');
  });

  test('for another resource, and without one', async () => {
    for (const body of [{ resource: OTHER, scope: 'help-desk.read' }, {}]) {
      const issued = await token(scene.url, { grant_type: 'client_credentials', ...body });
      const { access_token: value } = (await issued.json()) as { access_token: string };
      await unauthorized(withToken(value));
    }
  });

  test('of a person', async () => {
    const before = (await refusalsSince(0)).length;
    const { request, arrived } = await scene.signedIn({ scope: 'openid' });
    const issued = await token(scene.url, {
      grant_type: 'authorization_code',
      code: answerOf(arrived)['code'] ?? '',
      redirect_uri: CALLBACK,
      code_verifier: request.verifier,
    });
    const { access_token: value } = (await issued.json()) as { access_token: string };
    const { body } = await unauthorized(withToken(value));
    const [row] = (await refusalsSince(before)).filter(
      ({ reference }) => reference === body['reference'],
    );
    expect(row?.data).toContain('stands for a person');
    expect(row?.data).not.toContain(value);
  });

  test('that has been revoked', async () => {
    const program = await DeskProgram.start(scene.url, 'desk');
    const basic = Buffer.from('desk:secret-of-desk-0123456789').toString('base64');
    await fetch(`${scene.url}/revoke`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ token: program.token }),
    });
    await unauthorized(program);
  });

  test('whose client is gone, switched off, or has lost the scope since', async () => {
    const { registry } = scene.server;
    const all = registry.all();
    const others = all.filter(({ id }) => id !== 'reader');
    const program = await DeskProgram.start(scene.url, 'reader');
    const reader = all.find(({ id }) => id === 'reader');
    try {
      registry.replace(others);
      await unauthorized(program);
      registry.replace([...others, { ...reader!, enabled: false }]);
      await unauthorized(program);
      registry.replace([...others, deskParty('reader', 'help-desk.revoke')]);
      expect(told(await program.get('/people/nobody'))).toEqual([403, 'DB-802']);
      registry.replace([...others, { ...reader!, thirdParty: true }]);
      expect(told(await program.get('/people/nobody'))).toEqual([403, 'DB-802']);
    } finally {
      registry.replace(all);
    }
    expect(told(await program.get('/people/nobody'))).toEqual([404, 'DB-102']);
  });

  test('anywhere but in the one header', async () => {
    const inQuery = await fetch(`${desk.resource}/people/nobody?access_token=${desk.token}`);
    expect(inQuery.status).toBe(401);
    const inBody = await fetch(`${desk.resource}/revocations`, {
      method: 'POST',
      body: new URLSearchParams({ access_token: desk.token }),
    });
    expect(inBody.status).toBe(401);
    const both = await desk.get(`/people/nobody?access_token=${desk.token}`);
    expect(told(both)).toEqual([400, 'DB-404']);
    const host = new URL(scene.url).host;
    const twice = await rawRequest(
      scene.url,
      `GET /api/help-desk/people/nobody HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer x\r\nAuthorization: Bearer ${desk.token}\r\nConnection: close\r\n\r\n`,
    );
    expect(statusesOf(twice)).toEqual([400]);
  });

  test.each([
    ['another scheme', (value: string) => `Basic ${value}`],
    ['a comma and another', (value: string) => `Bearer ${value}, Bearer ${value}`],
    ['nothing behind the scheme', () => 'Bearer '],
    ['a quoted one', (value: string) => `Bearer "${value}"`],
    ['DPoP for a token that is bound to no key', (value: string) => `DPoP ${value}`],
  ])('as %s', async (_name, of) => {
    expect(told(await desk.get('/people/nobody', { authorization: of(desk.token) }))).toEqual([
      401,
      'DB-801',
    ]);
  });

  test('headers that pretend to come from inside change nothing', async () => {
    const headers = {
      'x-forwarded-user': 'root',
      'x-http-method-override': 'DELETE',
      'x-original-url': '/api/help-desk/people/nobody',
      forwarded: 'for=127.0.0.1',
      cookie: `access_token=${desk.token}`,
    };
    expect((await fetch(`${desk.resource}/people/nobody`, { headers })).status).toBe(401);
  });
});

describe('a token that is bound to a key', () => {
  let bound: DeskProgram;
  beforeAll(async () => {
    bound = await DeskProgram.start(scene.url, 'bound', { bound: true });
  });
  const iat = () => Math.floor(scene.clock.now() / 1000);
  const shown = (dpop: string | null, scheme = 'DPoP', method = 'GET', path = '/people/nobody') =>
    fetch(bound.resource + path, {
      method,
      headers: {
        authorization: `${scheme} ${bound.token}`,
        ...(dpop === null ? {} : { dpop }),
      },
    }).then(({ status }) => status);

  test('counts with a proof, once, also when it is shown many times at once', async () => {
    const proof = await bound.proofFor('GET', '/people/nobody', { iat: iat() });
    const statuses = await Promise.all(Array.from({ length: 20 }, () => shown(proof)));
    expect(statuses.filter((status) => status === 404)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(19);
  });

  test('is refused without, and as a bearer token', async () => {
    expect(await shown(null)).toBe(401);
    expect(await shown(null, 'Bearer')).toBe(401);
    const proof = await bound.proofFor('GET', '/people/nobody', { iat: iat() });
    expect(await shown(proof, 'Bearer')).toBe(401);
    expect(await shown(proof)).toBe(404);
  });

  test.each([
    ['another method', { htm: 'POST' }],
    ['another person', { htu: '/people/somebody' }],
    ['no address', { htu: 'people' }],
    ['another host', { htu: 'https://elsewhere.example/api/help-desk/people/nobody' }],
    ['another token', { ath: 'A'.repeat(43) }],
    ['no token', { ath: undefined }],
    ['yesterday', { iat: 1 }],
    ['tomorrow', { iat: 9_999_999_999 }],
    ['no time', { iat: undefined }],
    ['no id', { jti: undefined }],
    ['an id of another sort', { jti: 7 }],
    ['an object as id', { jti: { toString: 'x' } }],
  ])('is refused with a proof for %s', async (_name, claims) => {
    const { htu } = claims as { htu?: string };
    const at = htu?.startsWith('/') ? { htu: bound.resource + htu } : {};
    const all = { iat: iat(), ...claims, ...at };
    expect(await shown(await bound.proofFor('GET', '/people/nobody', all))).toBe(401);
  });

  test('is refused with the proof of another key, two proofs, a long one and none at all', async () => {
    const other = await generateKeyPair('ES256');
    const foreign = await bound.proofFor('GET', '/people/nobody', { iat: iat() }, other);
    expect(await shown(foreign)).toBe(401);
    const [one, two] = await Promise.all(
      [1, 2].map(() => bound.proofFor('GET', '/people/nobody', { iat: iat() })),
    );
    expect([400, 401]).toContain(await shown(`${one}, ${two}`));
    const long = await bound.proofFor('GET', '/people/nobody', {
      iat: iat(),
      x: 'x'.repeat(9_000),
    });
    expect(await shown(long)).toBe(401);
    for (const nonsense of ['x', '..', 'e30.e30.e30', 'null']) {
      expect(await shown(nonsense)).toBe(401);
    }
  });
});

describe('nothing is found out without permission', () => {
  test('somebody and nobody, a phone and none, are refused alike', async () => {
    const { username, phone } = await scene.somebodyWithPhone();
    const revoker = await DeskProgram.start(scene.url, 'revoker', { scope: 'help-desk.revoke' });
    const stripped = ({ status, headers, body }: Answered) => {
      const { reference: _, ...rest } = body;
      return { status, body: rest, challenge: headers.get('www-authenticate') };
    };
    const known = await revoker.get(`/people/${username}`);
    const unknown = await revoker.get('/people/nobody');
    expect(stripped(known)).toEqual(stripped(unknown));
    expect(known.status).toBe(403);
    const { profile } = phone.kept;
    const reader = await DeskProgram.start(scene.url, 'reader', { scope: 'help-desk.read' });
    for (const what of ['revoke', 'reactivate']) {
      const there = stripped(await reader.post(`/devices/${profile}/${what}`));
      expect(there).toEqual(stripped(await reader.post(`/devices/prf_nothing/${what}`)));
      expect(there.status).toBe(403);
    }
    const without = DeskProgram.at(scene.url, 'desk');
    without.token = 'x';
    expect(stripped(await without.get(`/people/${username}`))).toEqual(
      stripped(await without.get('/people/nobody')),
    );
    expect((await phone.inbox()).status).toBe(200);
  });

  test('reactivation needs both scopes', async () => {
    const { phone } = await scene.somebodyWithPhone();
    const half = await DeskProgram.start(scene.url, 'desk', { scope: 'help-desk.activate' });
    const path = `/devices/${phone.kept.profile}/reactivate`;
    expect(told(await half.post(path))).toEqual([403, 'DB-802']);
    expect((await phone.inbox()).status).toBe(200);
  });
});

describe('a secret that has leaked', () => {
  test('takes no more than a day’s budget of phones, and operators are told once', async () => {
    const greedy = await DeskProgram.start(scene.url, 'greedy');
    const call = () =>
      greedy.post('/revocations', { people: Array.from({ length: 400 }, () => randomUUID()) });
    expect((await call()).status).toBe(200);
    expect((await call()).status).toBe(200);
    const third = await call();
    expect(told(third)).toEqual([429, 'DB-803']);
    const wait = Number(third.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(helpDeskBudgets.revocations.windowMs / 1_000);
    await call();
    const mails = await mailsAbout(scene.server, 'operators@example.org', /over_limit/);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain('client greedy');
    // Others are not held up by it.
    expect((await desk.post('/revocations', { people: ['nobody'] })).status).toBe(200);
    // A smaller list still fits.
    const rest = await greedy.post('/revocations', { people: ['nobody'] });
    expect(rest.status).toBe(200);
  });

  test('asks no more than a budget of questions', async () => {
    const limited = await DeskProgram.start(scene.url, 'limited', { scope: 'help-desk.read' });
    const { most, windowMs } = helpDeskBudgets.requests;
    const { store } = scene.server.drawbridge.base;
    await createBudgets({ store, clock: scene.clock }).spend('limited', 'requests', most - 3);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => limited.get('/people/nobody')),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([404, 404, 404, 429, 429, 429, 429, 429]);
    scene.clock.advance(windowMs);
    expect((await limited.get('/people/nobody')).status).toBe(404);
  });

  test('operators are mailed of the tenth, twentieth… phone of a day, taken in lists or one by one', async () => {
    const people: Awaited<ReturnType<DeskScene['somebodyWithPhone']>>[] = [];
    for (let count = 0; count < 20; count += 1) people.push(await scene.somebodyWithPhone());
    const named = (from: number, to: number) =>
      people.slice(from, to).map(({ username }) => username);
    const stolen = await DeskProgram.start(scene.url, 'stolen');
    const revoke = (list: string[]) => stolen.post('/revocations', { people: list });
    const toldOf = async (count: number) => {
      const about = /help_desk_many_revocations/;
      const mails = await mailsAbout(scene.server, 'operators@example.org', about, count);
      return mails.map(({ text }) => /client stolen .* of (\d+) people/.exec(text)?.[1]);
    };

    expect((await revoke(named(0, 9))).status).toBe(200);
    const { db } = scene.server.drawbridge.base.database;
    await sql`create trigger half_way before insert on audit_events
      when new.person_id = ${sql.lit(people[10]!.id)}
      begin select raise(abort, 'half way'); end`.execute(db);
    const broken = await revoke(named(9, 11)).finally(() => sql`drop trigger half_way`.execute(db));
    expect(broken.status).toBe(500);
    expect(await toldOf(1)).toEqual(['10']);

    expect((await revoke(named(10, 18))).status).toBe(200);
    const [one, other] = people.slice(18).map(({ phone }) => phone.kept.profile);
    expect((await stolen.post(`/devices/${one}/revoke`)).body['revoked_now']).toBe(true);
    // Saying it again counts nothing.
    expect((await stolen.post(`/devices/${one}/revoke`)).body['revoked_now']).toBe(false);
    expect((await revoke(named(0, 18))).status).toBe(200);
    expect((await stolen.post(`/devices/${other}/reactivate`)).status).toBe(201);
    expect((await toldOf(2)).sort()).toEqual(['10', '20']);
  });
});

test('no token, code or second secret is in the log or the audit rows', async () => {
  const { username } = await scene.somebody({ otp: false });
  const fresh = await DeskProgram.start(scene.url, 'desk');
  const issued = await fresh.post(`/people/${username}/activations`);
  const [mail] = await mailsAbout(scene.server, `${username}@example.org`, /^For adding/);
  const secondSecret = /\b(\d{8})\b/.exec(mail?.text ?? '')?.[1] ?? '';
  expect(secondSecret).not.toBe('');
  const rows = await scene.server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select('data')
    .execute();
  const everything = [...scene.server.log, ...rows.map(({ data }) => data ?? '')].join('\n');
  const code = readActivationCode(String(issued.body['code'])) ?? '-';
  for (const secret of [fresh.token, desk.token, secondSecret, code, String(issued.body['code'])]) {
    expect(everything).not.toContain(secret);
  }
});
