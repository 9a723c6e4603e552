import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { setScene, token, type Scene } from './support/scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const rows = () =>
  scene.server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select(['kind', 'reason', 'data'])
    .where('kind', '=', 'request.refused')
    .orderBy('at')
    .execute();

async function rowsOf(attack: () => Promise<unknown>): Promise<string[]> {
  const before = (await rows()).length;
  await attack();
  return (await rows()).slice(before).map(({ data }) => data);
}

test('a guessed client secret, a code that is none and a request that makes no sense leave one row each', async () => {
  const guessed = () =>
    fetch(`${scene.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('payroll:guess').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
  const refused: [string, () => Promise<unknown>][] = [
    ['invalid_client', guessed],
    [
      'invalid_grant',
      () =>
        token(scene.url, {
          grant_type: 'authorization_code',
          code: 'x',
          redirect_uri: 'http://127.0.0.1:7100/callback',
        }),
    ],
    [
      'invalid_client',
      () =>
        fetch(`${scene.url}/introspect`, {
          method: 'POST',
          headers: { authorization: `Basic ${Buffer.from('payroll:guess').toString('base64')}` },
          body: new URLSearchParams({ token: 'x' }),
        }),
    ],
    [
      'unsupported_response_type',
      async () =>
        new TestBrowser().request((await scene.payroll.request({ response_type: 'token' })).url),
    ],
    ['invalid_client', () => new TestBrowser().request(`${scene.url}/authorize?client_id=nobody`)],
  ];
  for (const [error, attack] of refused) {
    const data = await rowsOf(attack);
    expect([error, data.length]).toEqual([error, 1]);
    expect(data[0]).toContain(`"error":"${error}"`);
    expect(data[0]).not.toContain('guess');
  }
});

test('that somebody is not signed in is no refusal to tell of', async () => {
  const quiet = await scene.payroll.request({ prompt: 'none' });
  expect(await rowsOf(() => new TestBrowser().request(quiet.url))).toEqual([]);
});
