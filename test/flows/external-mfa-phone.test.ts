import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { firstFailure } from '../../src/entra-twin/verdict.js';
import { answerByPhone } from '../support/entra-twin/answer-by-phone.js';
import { productScene, type ProductScene } from '../support/entra-twin/product-scene.js';
import {
  setExternalMfaScene,
  type EntraUser,
  type ExternalMfaScene,
} from '../support/external-mfa/external-mfa-scene.js';
import { CLAIMS } from '../support/external-mfa/entra-cloud.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { addPhone, numberOn, PIN } from '../support/phones.js';
import type { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';

describe("Entra's twin asks, and somebody approves on their phone", () => {
  let scene: ProductScene;
  let phone: ReferenceAuthenticator;
  beforeAll(async () => {
    scene = await productScene();
    const ada = await scene.server.drawbridge.parts.directory.findByAlias('ada');
    if (ada === null) throw new Error('nobody');
    // The first time somebody signs in as a whole; from then on the account is theirs.
    expect(firstFailure(await scene.secondFactor())).toBeNull();
    phone = await addPhone(scene.server, ada);
  }, 60_000);
  afterAll(() => scene?.close());

  test('every rule of Entra passes', async () => {
    const verdicts = await scene.secondFactor({ walk: answerByPhone(phone) });
    expect(verdicts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  });

  test('also where it asks for nothing but that', async () => {
    scene.clock.advance(600_000);
    const options = { walk: answerByPhone(phone), amr: ['swk'] };
    expect(firstFailure(await scene.secondFactor(options))).toBeNull();
  });

  test.each(['deny', 'not_me'] as const)(
    '"%s" on the phone is an error for it',
    async (decision) => {
      scene.clock.advance(600_000);
      const options = { walk: answerByPhone(phone, decision) };
      expect(firstFailure(await scene.secondFactor(options))).toMatchObject({
        code: 'AADSTS50012620',
      });
    },
  );
});

describe('what Entra asks for decides what is asked of the person', () => {
  let scene: ExternalMfaScene;
  beforeAll(async () => {
    scene = await setExternalMfaScene();
  });
  afterAll(() => scene.close());

  async function withPhone(otp: boolean): Promise<EntraUser & { phone: ReferenceAuthenticator }> {
    const who = await scene.somebody({ otp });
    const person = await scene.server.drawbridge.parts.directory.find(who.id as Person['id']);
    return { ...who, phone: await addPhone(scene.server, person!) };
  }

  async function asked(who: EntraUser, amr: object | undefined): Promise<[TestBrowser, Visit]> {
    const claims = JSON.stringify({ id_token: { acr: CLAIMS.id_token.acr, amr } });
    const browser = new TestBrowser();
    return [browser, await scene.send(browser, await scene.request(who, { fields: { claims } }))];
  }

  async function approved(
    browser: TestBrowser,
    page: Visit,
    phone: ReferenceAuthenticator,
  ): Promise<Visit> {
    const [challenge] = await phone.pending();
    await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
    return browser.open(page.url);
  }

  const amrOf = async (left: Visit) =>
    (await scene.verified(scene.answerOf(left)['id_token'] ?? '')).claims;

  test('an approval is answered as swk, and nothing beside it', async () => {
    const who = await withPhone(true);
    const [browser, page] = await asked(who, CLAIMS.id_token.amr);
    const claims = await amrOf(await approved(browser, page, who.phone));
    expect(claims).toMatchObject({ acr: 'possessionorinherence', amr: ['swk'] });
    expect(claims.exp! - claims.iat!).toBe(300);
  });

  test('the same somebody with a code is answered as otp', async () => {
    const who = await withPhone(true);
    const [browser, page] = await asked(who, CLAIMS.id_token.amr);
    const codePage = await browser.submit(page, { method: 'otp' });
    expect((await amrOf(await browser.submit(codePage, { code: who.code() }))).amr).toEqual([
      'otp',
    ]);
  });

  test('asked for swk, a code is neither offered nor taken', async () => {
    const who = await withPhone(true);
    const [browser, page] = await asked(who, { essential: true, values: ['swk'] });
    expect(page.body).not.toContain('value="otp"');
    expect(page.body).not.toContain('value="recovery-code"');
    const tried = await browser.submit(page, { method: 'otp' });
    expect(tried.body).not.toContain('name="code"');
    expect((await amrOf(await approved(browser, tried, who.phone))).amr).toEqual(['swk']);
  });

  test('asked for otp, the phone does not ring', async () => {
    const who = await withPhone(true);
    const [browser, page] = await asked(who, { value: 'otp' });
    expect(page.body).toContain('name="code"');
    expect(page.body).not.toContain('value="push"');
    expect(await who.phone.pending()).toEqual([]);
    expect((await amrOf(await browser.submit(page, { code: who.code() }))).amr).toEqual(['otp']);
  });

  test.each([undefined, null, {}, { essential: false }, { values: [] }])(
    'an amr that demands nothing (%p) lets the person choose',
    async (amr) => {
      const who = await scene.somebody();
      const [browser, page] = await asked(who, amr as object);
      expect((await amrOf(await browser.submit(page, { code: who.code() }))).amr).toEqual(['otp']);
    },
  );

  test('asked for a wish that cannot be fulfilled, it is told so as for a demand', async () => {
    const who = await withPhone(true);
    for (const values of [['hwk'], ['fido'], ['face', 'iris', 'tel']]) {
      const [, page] = await asked(who, { essential: false, values });
      const answer = scene.answerOf(page);
      expect(answer).toMatchObject({ error: 'access_denied' });
      expect((await scene.rowOf(answer)).data['detail']).toBe('amr');
    }
  });

  test('somebody with a code only, asked for swk, gets an error at once and rings nothing', async () => {
    const who = await scene.somebody();
    const [, page] = await asked(who, { essential: true, values: ['swk'] });
    const answer = scene.answerOf(page);
    expect(answer).toMatchObject({ error: 'access_denied' });
    expect((await scene.rowOf(answer)).reason).toBe('strength_unreachable');
  });

  test('a recovery code is a one-time password, and nothing else', async () => {
    const who = await scene.somebody();
    const person = await scene.server.drawbridge.parts.directory.find(who.id as Person['id']);
    const [code = ''] = await scene.server.drawbridge.parts.recoveryCodes.generate(person!);
    const [browser, page] = await asked(who, { essential: true, values: ['otp', 'swk'] });
    const form = await browser.submit(page, { method: 'recovery-code' });
    expect((await amrOf(await browser.submit(form, { code }))).amr).toEqual(['otp']);
  });
});
