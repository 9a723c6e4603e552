import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answerOf, CALLBACK, OidcClient } from '../support/oidc-client.js';
import { oidcParty, testConfiguration } from '../support/start-server.js';
import { errorOf, setScene, token, type Scene } from './support/scene.js';

let scene: Scene;
let finance: OidcClient;
beforeAll(async () => {
  const policy = { factors: 2, maxAge: null, allowedFactors: null, groups: ['staff'] } as const;
  const { policy: defaults } = testConfiguration('http://localhost', 0, '/tmp');
  scene = await setScene({
    configuration: {
      policy: {
        ...defaults,
        rules: [
          {
            name: 'office only for guests',
            when: {
              relyingParties: null,
              groups: ['guests'],
              networks: ['127.0.0.0/8'],
              outsideNetworks: null,
            },
            then: { factors: 2, maxAge: null },
          },
          {
            name: 'no guests',
            when: {
              relyingParties: null,
              groups: ['guests'],
              networks: null,
              outsideNetworks: null,
            },
            then: { deny: true },
          },
          {
            name: 'nobody who left',
            when: { relyingParties: null, groups: ['left'], networks: null, outsideNetworks: null },
            then: { deny: true },
          },
        ],
      },
    },
    relyingParties: [oidcParty('finance', {}, { policy: { ...policy, groups: ['staff'] } })],
  });
  finance = await OidcClient.discover(scene.url, 'finance');
});
afterAll(() => scene.close());

const people = () => scene.server.drawbridge.parts.people;
const userinfo = (value: string) =>
  fetch(`${scene.url}/userinfo`, { headers: { authorization: `Bearer ${value}` } });

describe('I4, M7: what a person may is looked at whenever something is issued', () => {
  test.each([
    ['taken out of the group that may enter', []],
    ['put into a group that may enter nowhere', ['staff', 'left']],
  ])('%s: codes, refresh tokens and access tokens are over', async (_name, groups) => {
    const { who, request, arrived } = await scene.signedIn(
      { scope: 'openid offline_access' },
      finance,
    );
    const tokens = await finance.redeem(request, arrived);
    const second = await scene.signedIn({ scope: 'openid' }, finance);
    await people().update(who.id as never, { groups: [...groups] });
    await people().update(second.who.id as never, { groups: [...groups] });
    const redeemed = await token(
      scene.url,
      {
        grant_type: 'authorization_code',
        code: answerOf(second.arrived)['code'] ?? '',
        redirect_uri: CALLBACK,
        code_verifier: second.request.verifier,
      },
      'finance',
    );
    expect(redeemed.status).toBe(400);
    expect(await errorOf(redeemed)).toBe('invalid_grant');
    const refreshed = await token(
      scene.url,
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' },
      'finance',
    );
    expect(refreshed.status).toBe(400);
    expect(await errorOf(refreshed)).toBe('invalid_grant');
    expect((await userinfo(tokens.access_token)).status).toBe(401);
    await people().update(who.id as never, { groups: ['staff'] });
    expect((await userinfo(tokens.access_token)).status).toBe(200);
  });

  test('a rule about networks does not judge the service’s own address', async () => {
    const { who, request, arrived } = await scene.signedIn(
      { scope: 'openid offline_access' },
      finance,
    );
    await people().update(who.id as never, { groups: ['staff', 'guests'] });
    const tokens = await finance.redeem(request, arrived);
    expect(tokens.access_token).toBeDefined();
    expect((await userinfo(tokens.access_token)).status).toBe(200);
  });
});

describe('R35: sessions end', () => {
  test('half an hour after the last visit, and twelve hours after the sign-in however busy', async () => {
    const idle = await scene.signedIn();
    scene.clock.advance(31 * 60_000);
    const quiet = await scene.payroll.request({ prompt: 'none' });
    expect(answerOf(await idle.browser.open(quiet.url))['error']).toBe('login_required');

    const busy = await scene.signedIn();
    const answers: string[] = [];
    for (let visit = 0; visit < 37; visit += 1) {
      scene.clock.advance(20 * 60_000);
      const request = await scene.payroll.request({ prompt: 'none' });
      const answer = answerOf(await busy.browser.open(request.url));
      answers.push(answer['error'] ?? 'code');
    }
    expect(answers.slice(0, 35)).toEqual(Array.from({ length: 35 }, () => 'code'));
    expect(answers.at(-1)).toBe('login_required');
  });
});
