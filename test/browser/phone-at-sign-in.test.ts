import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildApp } from '../support/phone-app/build-app.js';
import { chromiumBinary, startChromium } from '../support/chromium.js';
import { lookAt } from '../support/looked-at-page.js';
import { addPerson, PASSWORD } from '../support/people.js';
import {
  choosePin,
  heading,
  press,
  startPhone,
  typeCode,
  type Phone,
} from '../support/phone-app/phone.js';
import { startTestServer, type TestServer } from '../support/start-server.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
const suite = isMissing ? describe.skip : describe;
const pin = '274093';

suite('a phone that is set up in the middle of a sign-in', () => {
  let server: TestServer;
  let phone: Phone;
  beforeAll(async () => {
    await buildApp();
    server = await startTestServer({ relyingParties: [], processes: 1 });
    phone = await startPhone(server.url);
  });
  afterAll(async () => {
    await phone?.close();
    await server?.close();
  });

  test.each([
    ['with script', true],
    ['without', false],
  ])(
    'is added, and the person arrives: %s on the computer',
    async (_how, javaScriptEnabled) => {
      const username = javaScriptEnabled ? 'anna' : 'bo';
      await addPerson(server.drawbridge, username, { otp: false });
      const computer = await startChromium({ javaScriptEnabled });
      try {
        const page = await computer.context.newPage();
        // Colours that are still changing are not those that are judged.
        await page.emulateMedia({ reducedMotion: 'reduce' });
        const problems: string[] = [];
        page.on('console', (message) => {
          if (message.type() === 'error') problems.push(message.text());
        });
        await page.goto(`${server.url}/account`);
        await page.getByLabel('User name').fill(username);
        await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await heading(page, 'Set up your authenticator app');
        const look = { script: javaScriptEnabled, scheme: 'light' } as const;
        problems.push(...(await lookAt(page, `enrol-app-${username}`, look)));
        await press(page, 'Set this up instead: Approval on your phone');
        await heading(page, 'Set up your phone');
        problems.push(...(await lookAt(page, `enrol-phone-${username}`, look)));
        const code = (await page.locator('.secret').first().textContent()) ?? '';
        await typeCode(phone.page, code, `Phone of ${username}`);
        const digits = await choosePin(phone.page, pin);
        await page.getByText(`Phone of ${username}`).waitFor({ timeout: 30_000 });
        const shown = (await page.locator('.digits').textContent()) ?? '';
        expect(shown.replace(/\s/g, '')).toBe(digits);
        problems.push(...(await lookAt(page, `enrol-phone-compare-${username}`, look)));
        await press(page, 'Yes, they are the same');
        await heading(page, `Person ${username}`);
        await heading(phone.page, 'All set');
        await press(phone.page, 'Done');
        expect([...problems, ...phone.problems]).toEqual([]);
      } finally {
        await computer.close();
      }
    },
    90_000,
  );
});
