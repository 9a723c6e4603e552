import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appFromText } from '../support/app.js';
import { TestBrowser } from '../support/browser.js';
import { PASSWORD } from '../support/people.js';
import { vectorTest } from '../support/vectors/vectors-folder.js';
import { REDIRECT } from '../support/external-mfa/entra-cloud.js';
import {
  externalMfaParty,
  setExternalMfaScene,
  type ExternalMfaScene,
} from '../support/external-mfa/external-mfa-scene.js';
import { digitsOn, readCodeOf } from '../support/phone-enrolment.js';

let scene: ExternalMfaScene;
beforeAll(async () => {
  scene = await setExternalMfaScene([
    externalMfaParty('contoso'),
    externalMfaParty('by-object-id', { object_id_attribute: 'entraObjectId' }),
  ]);
});
afterAll(() => scene.close());

const json = async (url: string) => {
  const answer = await fetch(url);
  return { answer, body: (await answer.json()) as Record<string, unknown> };
};

describe('documents', () => {
  test('discovery is at the path of the party, and its issuer matches it character by character', async () => {
    const url = `${scene.server.url}/external-mfa/contoso/.well-known/openid-configuration`;
    const { answer, body } = await json(url);
    expect(answer.headers.get('content-length')).toMatch(/^\d+$/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(`${String(body['issuer'])}/.well-known/openid-configuration`).toBe(url);
    expect(body).toMatchObject({
      scopes_supported: ['openid'],
      response_types_supported: ['id_token'],
      response_modes_supported: ['form_post'],
      claim_types_supported: ['normal'],
      id_token_signing_alg_values_supported: ['RS256'],
    });
    expect(new URL(String(body['jwks_uri'])).search).toBe('');
  });

  test('every key has its certificate and a key id that is base64 in every reading', async () => {
    const { body } = await json(`${scene.server.url}/external-mfa/contoso/jwks`);
    const keys = body['keys'] as { kid: string; x5c: string[]; n: string; kty: string }[];
    expect(keys).toHaveLength(1);
    for (const { kid, x5c, n, kty } of keys) {
      expect(kty).toBe('RSA');
      expect(kid).toMatch(/^[0-9A-Za-z]{56}$/);
      expect(Buffer.from(kid, 'base64').toString('base64')).toBe(kid);
      const certificate = new X509Certificate(Buffer.from(x5c[0] ?? '', 'base64'));
      expect(certificate.publicKey.export({ format: 'jwk' })).toMatchObject({ n });
    }
  });

  test('nobody has a path that is not there', async () => {
    const none = await fetch(
      `${scene.server.url}/external-mfa/nobody/.well-known/openid-configuration`,
    );
    expect(none.status).toBe(404);
  });
});

describe('a second factor', () => {
  test('of a linked account: only the code is asked for, and Entra reads what it demands', async () => {
    const who = await scene.somebody();
    const fields = await scene.request(who);
    const browser = new TestBrowser();
    const page = await scene.send(browser, fields);
    expect(page.body).not.toContain('name="password"');
    expect(page.body).toContain(who.username);
    const left = await browser.submit(page, { code: who.code() });
    const { action, id_token: token = '', ...rest } = scene.answerOf(left);
    expect(action).toBe(REDIRECT);
    expect(rest).toEqual({ state: fields['state'] });
    const { header, claims } = await scene.verified(token);
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.stringMatching(/^\w{56}$/) });
    expect(claims).toEqual({
      iss: `${scene.server.url}/external-mfa/contoso`,
      aud: 'contoso-client',
      sub: 'mBfcvuhSHkDWVgV72x2ruIYdSsPSvcj2R0qfc6mGEAA',
      nonce: fields['nonce'],
      iat: expect.any(Number),
      exp: expect.any(Number),
      acr: 'possessionorinherence',
      amr: ['otp'],
    });
  });

  test('the post neither brings nor sets a cookie, and no sign-on session is made or used', async () => {
    const who = await scene.somebody();
    const posted = await new TestBrowser().request(
      `${scene.server.url}/external-mfa/contoso/authorize`,
      { method: 'POST', body: new URLSearchParams(await scene.request(who)) },
    );
    expect(posted.status).toBe(303);
    expect(posted.headers.getSetCookie()).toEqual([]);
    const browser = new TestBrowser();
    const page = await browser.follow(posted);
    const left = await browser.submit(page, { code: who.code() });
    expect(scene.answerOf(left)['id_token']).toBeDefined();
    const cookies = await browser.jar.getCookies(scene.server.url);
    expect(cookies.map(({ key }) => key).filter((key) => /session/.test(key))).toEqual([]);
    const account = await browser.open(`${scene.server.url}/account`);
    expect(account.body).toContain('name="username"');
  });

  test('an account that is not linked is, once, by a whole sign-in', async () => {
    const who = await scene.somebody({ linked: false });
    const browser = new TestBrowser();
    const first = await scene.send(browser, await scene.request(who));
    expect(first.body).toContain('name="password"');
    const code = await browser.submit(first, { username: who.username, password: PASSWORD });
    const left = await browser.submit(code, { code: who.code() });
    expect((await scene.verified(scene.answerOf(left)['id_token'] ?? '')).claims.amr).toEqual([
      'otp',
    ]);
    const again = await scene.send(new TestBrowser(), await scene.request(who));
    expect(again.body).not.toContain('name="password"');
    // The account goes on being the same when Entra calls it something else.
    const renamed = { ...who, upn: 'renamed@contoso.com' };
    const still = await scene.send(new TestBrowser(), await scene.request(renamed));
    expect(still.body).toContain(who.username);
  });

  test('an account whose object id an operator has written down is known at once', async () => {
    const objectId = '951DDB04-b16d-45f3-bbf7-b0fa18fa7aee';
    const who = await scene.somebody({
      linked: false,
      attributes: { entraObjectId: [objectId] },
    });
    const named = { ...who, objectId: objectId.toLowerCase() };
    const browser = new TestBrowser();
    const fields = await scene.request(named, { fields: { client_id: 'by-object-id-client' } });
    const page = await scene.send(browser, fields, 'by-object-id');
    expect(page.body).not.toContain('name="password"');
    const left = await browser.submit(page, { code: who.code() });
    const token = scene.answerOf(left)['id_token'] ?? '';
    expect((await scene.verified(token, 'by-object-id')).claims.aud).toBe('by-object-id-client');
  });

  test('somebody without a device sets one up on the way', async () => {
    const who = await scene.somebody({ otp: false });
    const browser = new TestBrowser();
    const setUp = await scene.send(browser, await scene.request(who));
    const app = appFromText(setUp, scene.clock);
    const left = await browser.submit(setUp, { code: app.code() });
    const { claims } = await scene.verified(scene.answerOf(left)['id_token'] ?? '');
    expect(claims.amr).toEqual(['otp']);
  });

  test('or a phone, by which it is proved that somebody has it', async () => {
    const who = await scene.somebody({ otp: false });
    const browser = new TestBrowser();
    const setUp = await scene.send(browser, await scene.request(who));
    const page = await browser.submit(setUp, { method: 'push' });
    const phone = await readCodeOf(page, scene.server.url, scene.clock);
    const compare = await browser.open(page.url);
    expect(digitsOn(compare)).toBe(phone.fingerprint);
    const left = await browser.submit(compare, { fingerprint: 'same' });
    const { claims } = await scene.verified(scene.answerOf(left)['id_token'] ?? '');
    expect(claims.amr).toEqual(['swk']);
  });

  test('who leaves takes an error back', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const fields = await scene.request(who);
    const page = await scene.send(browser, fields);
    const answer = scene.answerOf(await browser.submit(page, { cancel: '1' }));
    expect(answer).toMatchObject({
      action: REDIRECT,
      error: 'access_denied',
      state: fields['state'],
    });
    expect(answer['id_token']).toBeUndefined();
  });

  test('the answer is to be had once, by the browser that gave the proof', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const page = await scene.send(browser, await scene.request(who));
    const held = await browser.post(page, { code: who.code() });
    const stranger = await new TestBrowser().open(held.location ?? '');
    expect(stranger.body).not.toContain('id_token');
    const left = await browser.follow(held);
    expect(scene.answerOf(left)['id_token']).toBeDefined();
    const again = await browser.open(held.location ?? '');
    expect(again.body).not.toContain('id_token');
  });

  test('a key is shown for two days before it signs, and the old one goes on until then', async () => {
    const { keys } = scene.server.drawbridge.base;
    const hour = 3_600_000;
    await expect(
      keys.rotate('default', 'external-mfa', 'RS256', { publishLeadMs: 47 * hour }),
    ).rejects.toThrow(RangeError);
    const kidOf = async () => {
      const who = await scene.somebody();
      const browser = new TestBrowser();
      const page = await scene.send(browser, await scene.request(who));
      const left = await browser.submit(page, { code: who.code() });
      return (await scene.verified(scene.answerOf(left)['id_token'] ?? '')).header.kid;
    };
    const before = await kidOf();
    await keys.rotate('default', 'external-mfa', 'RS256', { publishLeadMs: 48 * hour });
    const { body } = await json(`${scene.server.url}/external-mfa/contoso/jwks`);
    const shown = (body['keys'] as { kid: string }[]).map(({ kid }) => kid);
    expect(shown).toHaveLength(2);
    expect(await kidOf()).toBe(before);
    scene.clock.advance(48 * hour);
    const after = await kidOf();
    expect(after).not.toBe(before);
    expect(shown).toContain(after);
  });
});

describe('as recorded', () => {
  vectorTest(
    'the claims of the documentation are understood',
    ['microsoft-365/eam/claims-request-param.json'],
    async (claims = '') => {
      const who = await scene.somebody();
      const page = await scene.send(
        new TestBrowser(),
        await scene.request(who, { fields: { claims } }),
      );
      expect(page.body).toContain('name="code"');
    },
  );

  vectorTest(
    'the claims of a documented hint are, once it says the same tenant twice',
    ['microsoft-365/eam/id_token_hint-member-2024docs.txt'],
    async (text = '') => {
      const body = (/\}\.(\{[\s\S]*?\})\./.exec(text)?.[1] ?? '').replace(
        /("preferred_username": "[^"]*")\s*\n/,
        '$1,\n',
      );
      const documented = JSON.parse(body) as Record<string, string>;
      const { tid = '', oid = '', preferred_username: upn = '', aud, sub, ver } = documented;
      const other = await setExternalMfaScene([
        externalMfaParty('contoso', { app_id: aud, tenants: [tid] }),
      ]);
      try {
        const claims = { ...documented, iat: undefined, exp: undefined, nbf: undefined };
        // Sanitised by its authors: issuer and tenant are two.
        const wrong = await other.request(
          { upn, objectId: oid },
          { claims: { ...times(other), iss: documented['iss'], ver, sub, tid, aud } },
        );
        const refused = other.answerOf(await other.send(new TestBrowser(), wrong));
        expect((await other.rowOf(refused)).data['detail']).toBe('hint-issuer');
        const right = await other.request(
          { upn, objectId: oid },
          { claims: { ...claims, ...times(other), ...issuerOf(tid) } },
        );
        const nobody = other.answerOf(await other.send(new TestBrowser(), right));
        expect((await other.rowOf(nobody)).reason).toBe('unknown_person');
      } finally {
        await other.close();
      }
    },
  );
});

const times = ({ clock }: ExternalMfaScene) => {
  const now = Math.floor(clock.now() / 1000);
  return { iat: now, nbf: now, exp: now - 1 };
};
const issuerOf = (tid: string) => ({ iss: `https://login.microsoftonline.com/${tid}/v2.0` });
