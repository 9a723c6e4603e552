import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createOtpSecretsImport } from '../../src/factors/otp/import-otp-secrets.js';
import { codeAt, stepAt, toBase32 } from '../../src/factors/otp/oath.js';
import { systemRandom } from '../../src/kernel/random.js';
import { setScene, upToCode, type Scene } from '../security/support/scene.js';
import { TestBrowser } from '../support/browser.js';
import { answerOf } from '../support/oidc-client.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const parameters = { algorithm: 'SHA1', digits: 6 };

async function somebodyWith(kind: 'totpSecret' | 'hotpSecret') {
  const who = await scene.somebody({ otp: false });
  const secret = systemRandom.bytes(20);
  const { base } = scene.server.drawbridge;
  const importing = createOtpSecretsImport(base);
  const fields = { [kind]: toBase32(secret) };
  await base.database.transaction((tx) => importing(tx, who.id as never, fields));
  return { who, code: (counter: number) => codeAt(secret, counter, parameters) };
}

const asked = async (who: { username: string }) => {
  const browser = new TestBrowser();
  return { browser, page: await upToCode(browser, (await scene.payroll.request()).url, who) };
};
const now = () => stepAt(scene.clock.now(), 30);

test('whose phone is four minutes slow gets in by two codes, and with one from then on', async () => {
  const { who, code } = await somebodyWith('totpSecret');
  const { browser, page } = await asked(who);
  expect(page.body).toContain('Is your code never accepted?');
  const refused = await browser.submit(page, { code: code(now() - 8) });
  expect(refused.status).toBe(401);
  expect(refused.body).toContain('DB-201');
  const two = { first_code: code(now() - 8), next_code: code(now() - 7) };
  expect(answerOf(await browser.submit(refused, two))['code']).toBeDefined();

  scene.clock.advance(90_000);
  const later = await asked(who);
  const arrived = await later.browser.submit(later.page, { code: code(now() - 7) });
  expect(answerOf(arrived)['code']).toBeDefined();
});

test('whose device was pressed forty times in vain gets in the same way', async () => {
  const { who, code } = await somebodyWith('hotpSecret');
  const { browser, page } = await asked(who);
  const refused = await browser.submit(page, { code: code(40) });
  expect(refused.body).toContain('DB-201');
  const two = { first_code: code(40), next_code: code(41) };
  expect(answerOf(await browser.submit(refused, two))['code']).toBeDefined();
  const later = await asked(who);
  expect(
    answerOf(await later.browser.submit(later.page, { code: code(42) }))['code'],
  ).toBeDefined();
});

test.each([
  { first_code: '123456', next_code: '' },
  { first_code: '', next_code: '123456' },
  { first_code: '12', next_code: '123456' },
  { first_code: '１２３', next_code: 'x'.repeat(5_000) },
])('half of two codes is no attempt: %j', async (fields) => {
  const { who, code } = await somebodyWith('totpSecret');
  const { browser, page } = await asked(who);
  const refused = await browser.submit(page, fields);
  expect(refused.body).toContain('DB-203');
  expect(answerOf(await browser.submit(refused, { code: code(now()) }))['code']).toBeDefined();
});

test('two wrong codes count as one wrong answer, and ten lock', async () => {
  const { who } = await somebodyWith('totpSecret');
  for (let guess = 0; guess < 10; guess += 1) {
    const { browser, page } = await asked(who);
    const { body } = await browser.submit(page, { first_code: '1234567', next_code: '7654321' });
    expect(body).toContain(guess < 9 ? 'DB-201' : 'DB-204');
  }
});
