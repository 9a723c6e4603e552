import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser, formOf } from '../support/browser.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { oidcParty } from '../support/start-server.js';
import { setScene, token, type Scene } from './support/scene.js';

let scene: Scene;
let snoop: OidcClient;
beforeAll(async () => {
  scene = await setScene({
    relyingParties: [
      oidcParty('snoop', { claims: { employee: 'employeeNumber' } }, { thirdParty: true }),
    ],
  });
  snoop = await OidcClient.discover(scene.url, 'snoop');
});
afterAll(() => scene.close());

const everything = JSON.stringify({
  userinfo: { email: null, groups: null, name: null, preferred_username: null },
  id_token: { email: null, groups: null, name: null },
});

/** What the client learns of the person: id_token and userinfo together. */
async function learnt(code: string, verifier: string): Promise<Record<string, unknown>> {
  const answer = await token(
    scene.url,
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://127.0.0.1:7100/callback',
      code_verifier: verifier,
    },
    'snoop',
  );
  const tokens = (await answer.json()) as { access_token: string; id_token: string };
  const info = await fetch(`${scene.url}/userinfo`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  const payload = Buffer.from(tokens.id_token.split('.')[1] ?? '', 'base64url').toString();
  return { ...(JSON.parse(payload) as object), ...((await info.json()) as object) };
}

describe('a third party learns what its person agreed to, and nothing else', () => {
  test('claims asked for one by one are asked of the person like the scopes they belong to', async () => {
    const { browser, arrived, request } = await scene.signedIn(
      { scope: 'openid', claims: everything },
      snoop,
    );
    for (const text of [/mail address/i, /group/i, /name/i]) {
      expect(/<ul class="checks">[\s\S]*<\/ul>/.exec(arrived.body)?.[0]).toMatch(text);
    }
    const allowed = await browser.submit(arrived, { consent: 'allow' });
    const facts = await learnt(answerOf(allowed)['code'] ?? '', request.verifier);
    expect(facts).toHaveProperty('email');
  });

  test('agreeing to openid once gives no claims later without being asked', async () => {
    const { browser, arrived, who } = await scene.signedIn({ scope: 'openid' }, snoop);
    await browser.submit(arrived, { consent: 'allow' });
    const quiet = await snoop.request({ scope: 'openid', claims: everything, prompt: 'none' });
    expect(answerOf(await browser.open(quiet.url))['error']).toBe('consent_required');
    const asked = await snoop.request({ scope: 'openid', claims: everything });
    const page = await browser.open(asked.url);
    expect(page.body).toContain('name="consent"');
    const elsewhere = new TestBrowser();
    const again = await signIn(elsewhere, asked.url, who);
    expect(again.body).toContain('name="consent"');
    const plain = await snoop.request({ scope: 'openid' });
    const code = answerOf(await elsewhere.open(plain.url))['code'] ?? '';
    const facts = await learnt(code, plain.verifier);
    for (const claim of ['email', 'groups', 'name', 'preferred_username']) {
      expect(facts).not.toHaveProperty(claim);
    }
  });

  test('the answer of one person is not the consent of another', async () => {
    const first = await scene.signedIn({ scope: 'openid email' }, snoop);
    const held = await first.browser.post(first.arrived, { consent: 'allow' });
    const other = await scene.somebody();
    const switched = await scene.payroll.request({ prompt: 'login' });
    expect(answerOf(await signIn(first.browser, switched.url, other))['code']).toBeDefined();
    const ended = await first.browser.follow(held);
    expect(ended.location).toBeNull();
    expect(ended.status).toBe(400);
    const quiet = await snoop.request({ scope: 'openid email', prompt: 'none' });
    expect(answerOf(await first.browser.open(quiet.url))['error']).toBe('consent_required');
  });

  test('I2: a session that was made void, or is over, agrees to nothing', async () => {
    const { parts } = scene.server.drawbridge;
    for (const end of ['signOutEverywhere', 'disable'] as const) {
      const { browser, arrived, who } = await scene.signedIn({ scope: 'openid email' }, snoop);
      await parts.people[end](who.id as never);
      const visit = await browser.post(arrived, { consent: 'allow' });
      expect([400, 403]).toContain(visit.status);
      if (end === 'disable') await parts.people.enable(who.id as never);
      const request = await snoop.request({ scope: 'openid email' });
      const asked = await signIn(new TestBrowser(), request.url, who);
      expect(asked.body).toContain('name="consent"');
    }
  });

  test('B57, B59: no answer without its own form, browser and session; a step straight ahead is no answer', async () => {
    const { browser, arrived } = await scene.signedIn({ scope: 'openid email' }, snoop);
    const { action, hidden } = formOf(arrived);
    for (const csrf of ['', 'x'.repeat(43), undefined]) {
      const fields = { ...hidden, ...(csrf === undefined ? {} : { csrf }), consent: 'allow' };
      if (csrf === undefined) delete (fields as Record<string, string>)['csrf'];
      const refused = await browser.request(action, {
        method: 'POST',
        body: new URLSearchParams(fields),
      });
      expect(refused.status).toBe(403);
      expect(refused.location).toBeNull();
    }
    const stranger = new TestBrowser();
    await stranger.open(`${scene.url}/account`);
    const foreign = await stranger.request(action, {
      method: 'POST',
      body: new URLSearchParams({ ...hidden, consent: 'allow' }),
    });
    expect([400, 403]).toContain(foreign.status);
    const ahead = await browser.request(action.replace('/consent/', '/authorize/'));
    expect(ahead.location ?? '').not.toContain('code=');
    expect(ahead.status).toBe(400);
    const quiet = await snoop.request({ scope: 'openid email', prompt: 'none' });
    expect(answerOf(await browser.open(quiet.url))['error']).toBe('consent_required');
  });
});
