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
