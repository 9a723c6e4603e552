import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { externalMfaSettings } from '../../src/protocols/external-mfa/external-mfa-settings.js';
import { TestBrowser } from '../support/browser.js';
import { TENANT } from '../support/external-mfa/entra-cloud.js';
import {
  setExternalMfaScene,
  type EntraUser,
  type ExternalMfaScene,
} from '../support/external-mfa/external-mfa-scene.js';

let scene: ExternalMfaScene;
let who: EntraUser;
beforeAll(async () => {
  scene = await setExternalMfaScene();
  who = await scene.somebody();
});
afterAll(() => scene.close());

describe('the keys of the cloud', () => {
  test('are fetched once, again for a key that is new, and no oftener than once a minute', async () => {
    scene.clock.advance(60_000);
    await scene.send(new TestBrowser(), await scene.request(who));
    const before = scene.cloud.fetched();
    await scene.send(new TestBrowser(), await scene.request(who));
    expect(scene.cloud.fetched()).toBe(before);
    scene.cloud.roll();
    scene.clock.advance(60_000);
    const page = await scene.send(new TestBrowser(), await scene.request(who));
    expect(page.body).toContain('name="code"');
    expect(scene.cloud.fetched()).toBe(before + 1);
    const hint = await scene.cloud.hint({}, { header: { kid: 'guess' } });
    for (let guess = 0; guess < 5; guess += 1)
      await scene.send(new TestBrowser(), await scene.request(who, { hint }));
    expect(scene.cloud.fetched()).toBe(before + 1);
  });

  test('go on when they cannot be fetched again; without any there is an error to be tried later', async () => {
    scene.cloud.answer(503);
    scene.clock.advance(25 * 3_600_000);
    const page = await scene.send(new TestBrowser(), await scene.request(who));
    expect(page.body).toContain('name="code"');
    scene.cloud.answer(200);
    const fresh = await setExternalMfaScene();
    try {
      fresh.cloud.answer(503);
      const someone = await fresh.somebody();
      const answer = fresh.answerOf(
        await fresh.send(new TestBrowser(), await fresh.request(someone)),
      );
      expect(answer['error']).toBe('temporarily_unavailable');
    } finally {
      await fresh.close();
    }
  });
});

describe('what cannot be a key set changes nothing, and an operator is told', () => {
  const standing = () => scene.server.drawbridge.base.alarms.standing();
  const tomorrow = () => scene.clock.advance(25 * 3_600_000);
  const stillServed = async () =>
    (await scene.send(new TestBrowser(), await scene.request(who))).body.includes('name="code"');

  test.each([
    ['no JSON', { keys: '<html>' }],
    ['no keys', { keys: '{"keys":[]}' }],
    ['a key that is none', { keys: '{"keys":[{"kty":"RSA","kid":"1","n":"!","e":""}]}' }],
    ['secrets', { keys: '{"keys":[{"kty":"oct","kid":"1","k":"AAAA"}]}' }],
    ['keys of somewhere else', { metadata: '{"jwks_uri":"https://evil.example/keys"}' }],
    ['metadata without keys', { metadata: '{}' }],
    ['a document that does not end', { keys: `{"keys":[${'{},'.repeat(200_000)}` }],
  ])('%s', async (_name, documents) => {
    scene.cloud.serve(documents);
    tomorrow();
    expect(await stillServed()).toBe(true);
    expect(standing()).toContain('entra_keys_stale');
    scene.cloud.serve(null);
    scene.clock.advance(60_000);
    expect(await stillServed()).toBe(true);
    expect(standing()).not.toContain('entra_keys_stale');
  });
});

test('in an emergency the new key signs at once, and the old one is shown no more', async () => {
  const { keys } = scene.server.drawbridge.base;
  const shown = async () => {
    const answer = await fetch(`${scene.server.url}/external-mfa/contoso/jwks`);
    const body = (await answer.json()) as { keys: { kid: string; x5c: string[] }[] };
    return body.keys.map(({ kid }) => kid);
  };
  const before = await shown();
  await keys.emergencyRotate('default', 'external-mfa', 'RS256');
  const someone = await scene.somebody();
  const browser = new TestBrowser();
  const page = await scene.send(browser, await scene.request(someone));
  const left = await browser.submit(page, { code: someone.code() });
  const { header } = await scene.verified(scene.answerOf(left)['id_token'] ?? '');
  expect(await shown()).toEqual([header.kid]);
  expect(before).not.toContain(header.kid);
});

test('settings without a tenant, or with something that is none, are refused', () => {
  const good = { client_id: 'x', app_id: TENANT, tenants: [TENANT] };
  expect(externalMfaSettings.safeParse(good).success).toBe(true);
  for (const wrong of [
    { ...good, tenants: [] },
    { ...good, tenants: ['common'] },
    { ...good, app_id: 'x' },
    { ...good, cloud: 'moon' },
    { ...good, metadata_url: 'https://evil.example' },
  ]) {
    expect(externalMfaSettings.safeParse(wrong).success).toBe(false);
  }
});
