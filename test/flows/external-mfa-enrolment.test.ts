import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { appFromText } from '../support/app.js';
import { TestBrowser } from '../support/browser.js';
import {
  externalMfaParty,
  setExternalMfaScene,
  type EntraUser,
  type ExternalMfaScene,
} from '../support/external-mfa/external-mfa-scene.js';
import { mailsAbout } from '../support/mailbox.js';
import { PASSWORD } from '../support/people.js';
import { addPhone, numberOn } from '../support/phones.js';

/** Entra has the password; what somebody sets up on the way they had nothing to prove themselves with before. */
let scene: ExternalMfaScene;
let closed: ExternalMfaScene;
beforeAll(async () => {
  scene = await setExternalMfaScene([
    externalMfaParty('contoso'),
    externalMfaParty('strict', { enrolment: 'by-administrator' }),
  ]);
  closed = await setExternalMfaScene(undefined, 'by-administrator');
});
afterAll(async () => {
  await scene.close();
  await closed.close();
});

const personOf = async ({ id }: EntraUser) =>
  (await scene.server.drawbridge.parts.directory.find(id as Person['id']))!;

/** What somebody without any factor comes to. */
async function arriveAt(party: string, who: EntraUser) {
  const browser = new TestBrowser();
  const fields = await scene.request(who, { fields: { client_id: `${party}-client` } });
  return { browser, fields, page: await scene.send(browser, fields, party) };
}

describe('where policy allows it', () => {
  test('somebody sets up a code app inside the redirect, is told by mail, and never has to again', async () => {
    const who = await scene.somebody({ otp: false });
    const { browser, page } = await arriveAt('contoso', who);
    const app = appFromText(page, scene.clock);
    const left = await browser.submit(page, { code: app.code() });
    const token = scene.answerOf(left)['id_token'] ?? '';
    expect((await scene.verified(token)).claims.amr).toEqual(['otp']);
    const { mail } = await personOf(who);
    expect(await mailsAbout(scene.server, mail!, /added/i)).toHaveLength(1);
    const again = await arriveAt('contoso', who);
    expect(again.page.body).toContain('name="code"');
    expect(again.page.body).not.toContain('otpauth');
  });

  test('a wrong code sets up nothing, and leaving is told to Entra', async () => {
    const who = await scene.somebody({ otp: false });
    const { browser, fields, page } = await arriveAt('contoso', who);
    const wrong = await browser.submit(page, { code: '000000' });
    expect(wrong.body).not.toContain('id_token');
    const left = scene.answerOf(await browser.submit(wrong, { cancel: '1' }));
    expect(left).toMatchObject({ error: 'access_denied', state: fields['state'] });
    const again = await arriveAt('contoso', who);
    expect(again.page.body).toContain('otpauth');
  });

  test('of two windows one sets something up; the other is refused and told to Entra', async () => {
    const who = await scene.somebody({ otp: false });
    const [one, other] = [await arriveAt('contoso', who), await arriveAt('contoso', who)];
    const [first, second] = [
      appFromText(one.page, scene.clock),
      appFromText(other.page, scene.clock),
    ];
    const left = await one.browser.submit(one.page, { code: first.code() });
    expect(scene.answerOf(left)['id_token']).toBeDefined();
    const late = await other.browser.submit(other.page, { code: second.code() });
    expect(scene.answerOf(late)).toMatchObject({ error: 'access_denied' });
    expect(late.body).not.toContain('id_token');
  });

  test('somebody who is not linked proves their password here first', async () => {
    const who = await scene.somebody({ otp: false, linked: false });
    const { browser, page } = await arriveAt('contoso', who);
    expect(page.body).not.toContain('otpauth');
    const setUp = await browser.submit(page, { username: who.username, password: PASSWORD });
    const app = appFromText(setUp, scene.clock);
    const left = await browser.submit(setUp, { code: app.code() });
    expect(scene.answerOf(left)['id_token']).toBeDefined();
  });
});

describe('where it does not, Entra is told at once', () => {
  test('by the organisation', async () => {
    const who = await closed.somebody({ otp: false });
    const answer = closed.answerOf(await closed.send(new TestBrowser(), await closed.request(who)));
    expect(answer['error']).toBe('access_denied');
    expect((await closed.rowOf(answer)).reason).toBe('no_factor_enrolled');
  });

  test('by the tenant, while others of the organisation may', async () => {
    const who = await scene.somebody({ otp: false });
    const { page } = await arriveAt('strict', who);
    const answer = scene.answerOf(page);
    expect(answer['error']).toBe('access_denied');
    expect((await scene.rowOf(answer)).reason).toBe('no_factor_enrolled');
  });
});

describe('only where there is nothing at all', () => {
  const askedFor = async (who: EntraUser, amr: string) => {
    const acr = { values: ['possessionorinherence'] };
    const claims = JSON.stringify({ id_token: { acr, amr: { values: [amr] } } });
    return scene.send(new TestBrowser(), await scene.request(who, { fields: { claims } }));
  };

  test('somebody with an app who is asked for a phone adds none', async () => {
    const answer = scene.answerOf(await askedFor(await scene.somebody(), 'swk'));
    expect(answer['error']).toBe('access_denied');
    expect((await scene.rowOf(answer)).reason).toBe('strength_unreachable');
  });

  test('somebody with a phone who is asked for a code adds no app; a recovery code is one', async () => {
    const who = await scene.somebody({ otp: false });
    await addPhone(scene.server, await personOf(who), { codes: false });
    const page = await askedFor(who, 'otp');
    expect(page.body).not.toContain('otpauth');
    expect(page.body).toContain('factor:recovery-code');
  });

  test('a phone that wrong PINs have locked does not make room for another factor', async () => {
    const who = await scene.somebody({ otp: false });
    const phone = await addPhone(scene.server, await personOf(who), { codes: false });
    const { page } = await arriveAt('contoso', who);
    const [challenge] = await phone.pending();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await phone.approve(challenge!, { number: numberOn(page), pin: '700441' });
    }
    const again = await arriveAt('contoso', who);
    expect(again.page.body).not.toContain('otpauth');
    const answer = scene.answerOf(again.page);
    expect(answer['error']).toBe('access_denied');
    expect((await scene.rowOf(answer)).reason).toBe('push_locked');
  });
});
