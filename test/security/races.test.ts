import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { TestBrowser } from '../support/browser.js';
import { answerOf, CALLBACK, signIn } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import type { SessionId } from '../../src/sessions/session.js';
import { heldBack, setScene, token, upToCode, type Scene } from './support/scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const parts = () => scene.server.drawbridge.parts;
const sessionsOf = (id: string) => parts().sessions.ofPerson(id as never);

describe('what happens at the same moment', () => {
  test('a logout ends what was entered while it ran, and no code of afterwards is worth anything', async () => {
    const { who, browser } = await scene.signedIn({ scope: 'openid offline_access' });
    const [stale] = await sessionsOf(who.id);
    if (stale === undefined) throw new Error('no session');
    // The session as the logout read it, before the browser enters another service.
    const wiki = await scene.wiki.request();
    const code = answerOf(await browser.open(wiki.url))['code'] ?? '';
    await parts().endSession(stale, '127.0.0.1');
    const answer = await token(
      scene.url,
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        code_verifier: wiki.verifier,
      },
      'wiki',
    );
    expect(answer.status).toBe(400);
  });

  test('a code is never given by a session that is over when the code leaves', async () => {
    const { who, browser } = await scene.signedIn({ scope: 'openid offline_access' });
    const { store } = scene.server.drawbridge.base;
    const [session] = await sessionsOf(who.id);
    if (session === undefined) throw new Error('no session');
    const commit = store.commit.bind(store);
    let ended = false;
    store.commit = async (writes, guards) => {
      if (!ended && writes.some((write) => write.key.startsWith('oidc:code:'))) {
        ended = true;
        await parts().endSession(session, '');
      }
      return commit(writes, guards);
    };
    try {
      const again = await scene.payroll.request({ scope: 'openid offline_access' });
      const visit = await browser.open(again.url);
      expect(ended).toBe(true);
      expect(visit.location).toBeNull();
      expect(visit.status).toBe(400);
    } finally {
      store.commit = commit;
    }
  });

  test('B61: twenty posts of the last step give one session and one code', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const otp = await upToCode(browser, (await scene.payroll.request()).url, who);
    const code = who.code();
    await Promise.all(Array.from({ length: 20 }, () => browser.post(otp, { code })));
    expect((await sessionsOf(who.id)).length).toBeLessThanOrEqual(1);
  });

  test('B61: the first step posted again after the second changes nothing', async () => {
    const who = await scene.somebody();
    const other = await scene.somebody();
    const browser = new TestBrowser();
    const request = await scene.payroll.request();
    const first = await browser.open(request.url);
    const otp = await browser.submit(first, { username: who.username, password: PASSWORD });
    for (const username of [who.username, other.username]) {
      const replayed = await browser.submit(first, { username, password: PASSWORD });
      expect(replayed.body).toContain('name="code"');
      expect(replayed.body).toContain(who.username);
    }
    const done = await browser.submit(otp, { code: who.code() });
    const tokens = await scene.payroll.redeem(request, done);
    expect(tokens.claims()?.sub).toBe(who.id);
    const late = await browser.submit(first, { username: other.username, password: PASSWORD });
    expect(late.location).toBeNull();
    expect(await sessionsOf(other.id)).toEqual([]);
  });

  test('the end of a sign-in is handed out once: twenty redirects followed at once, one code', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const done = await heldBack(browser, (await scene.payroll.request()).url, who);
    const visits = await Promise.all(
      Array.from({ length: 20 }, () => browser.request(done.location ?? '')),
    );
    expect(visits.filter(({ location }) => location?.includes('code='))).toHaveLength(1);
    expect(visits.every(({ status }) => status < 500)).toBe(true);
  });

  test('sign-ins to two services in two tabs end with one session that knows both', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const wiki = await browser.open((await scene.wiki.request()).url);
    const otp = await upToCode(browser, (await scene.payroll.request()).url, who);
    const held = await browser.post(otp, { code: who.code() });
    const entered = await browser.submit(wiki, { username: who.username, password: PASSWORD });
    expect(answerOf(entered)['code']).toBeDefined();
    expect((await browser.follow(held)).location).toContain('code=');
    const sessions = await sessionsOf(who.id);
    expect(sessions).toHaveLength(1);
    expect(Object.keys(sessions[0]?.participants ?? {}).sort()).toEqual([
      'oidc:payroll',
      'oidc:wiki',
    ]);
  });
});

describe('a sign-in is not disturbed from outside', () => {
  test('asking for the end before there is one, or from another browser, leaves it as it is', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const otp = await upToCode(browser, (await scene.payroll.request()).url, who);
    const uid = /sgn_([\w-]+)/.exec(otp.url)?.[1] ?? '';
    for (const from of [browser, new TestBrowser()]) {
      const early = await from.request(`${scene.url}/authorize/${uid}`);
      expect(early.location ?? '').not.toContain('code=');
      expect(early.status).toBe(400);
    }
    const arrived = await browser.submit(otp, { code: who.code() });
    expect(answerOf(arrived)['code']).toBeDefined();
  });

  test('the id of a sign-in alone opens nothing in another browser', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const otp = await upToCode(browser, (await scene.payroll.request()).url, who);
    const other = new TestBrowser();
    await other.open((await scene.payroll.request()).url);
    const seen = await other.request(otp.url);
    expect(seen.status).toBe(403);
    expect(seen.body).not.toContain(who.username);
    const hidden = { ...Object.fromEntries(hiddenOf(otp.body)), code: who.code() };
    const posted = await other.request(otp.url, {
      method: 'POST',
      body: new URLSearchParams(hidden),
    });
    expect(posted.status).toBe(403);
    expect(await sessionsOf(who.id)).toEqual([]);
    expect(answerOf(await browser.submit(otp, { code: who.code() }))['code']).toBeDefined();
  });

  test('a sign-in finished in the browser it was planted in gives the planter nothing', async () => {
    const thief = new TestBrowser();
    const page = await thief.open((await scene.payroll.request()).url);
    const victim = new TestBrowser();
    for (const cookie of await thief.jar.getCookies(page.url)) {
      await victim.jar.setCookie(cookie.toString(), page.url);
    }
    const who = await scene.somebody();
    const otp = await victim.submit(await victim.open(page.url), {
      username: who.username,
      password: PASSWORD,
    });
    await victim.post(otp, { code: who.code() });
    const taken = await thief.open(page.url);
    expect(taken.location ?? '').not.toContain('code=');
    const quiet = await scene.payroll.request({ prompt: 'none' });
    expect(answerOf(await thief.open(quiet.url))['error']).toBe('login_required');
  });

  test('an ended session cannot be ended again into anything else', async () => {
    const { who, browser, arrived, request } = await scene.signedIn();
    const tokens = await scene.payroll.redeem(request, arrived);
    const [session] = await sessionsOf(who.id);
    const cookie = await browser.jar.getCookieString(scene.url);
    await browser.open(
      client.buildEndSessionUrl(scene.payroll.config, { id_token_hint: tokens.id_token ?? '' })
        .href,
    );
    const replay = await fetch((await scene.payroll.request({ prompt: 'none' })).url, {
      headers: { cookie },
      redirect: 'manual',
    });
    expect(replay.headers.get('location')).toContain('error=login_required');
    expect(await parts().sessions.findById(session?.id as SessionId)).toBeNull();
    await signIn(browser, (await scene.payroll.request()).url, who);
    expect((await sessionsOf(who.id)).map(({ id }) => id)).not.toContain(session?.id);
  });
});

function hiddenOf(body: string): [string, string][] {
  return [...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value],
  );
}
