import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { chromiumBinary, startChromium } from '../support/chromium.js';
import { startDemoProcess, type DemoProcess } from '../support/demo-process.js';
import { lookAt } from '../support/looked-at-page.js';
import { freePort } from '../support/services/child-server.js';
import { until } from '../support/services/until.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
if (isMissing) {
  console.warn("Chromium is not installed: the newcomer's story in a real browser stays untested");
}
const suite = isMissing ? describe.skip : describe;

const desktop = { width: 1280, height: 860 };
const phone = { width: 390, height: 844 };

suite.each([
  { name: 'desktop-light', size: desktop, scheme: 'light', script: true },
  { name: 'phone-dark-no-script', size: phone, scheme: 'dark', script: false },
  { name: 'desktop-dark-no-script', size: desktop, scheme: 'dark', script: false },
  { name: 'phone-light', size: phone, scheme: 'light', script: true },
] as const)("a newcomer's story: $name", ({ name, size, scheme, script }) => {
  const folder = temporaryFolder();
  const problems: string[] = [];
  let demo: DemoProcess;
  let browser: Awaited<ReturnType<typeof startChromium>>;
  let page: Page;
  let totp: TOTP;
  let step = 0;

  beforeAll(async () => {
    demo = await startDemoProcess(folder.path, await freePort());
    browser = await startChromium({ javaScriptEnabled: script });
    page = await browser.context.newPage();
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    page.setDefaultTimeout(45_000);
    page.on('console', (message) => {
      // Refused forms are answered with 4xx pages, which Chromium reports as well.
      const expected = /status of 4\d\d/.test(message.text());
      if (message.type() === 'error' && !expected) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const look = async (what: string) => {
    step += 1;
    const number = String(step).padStart(2, '0');
    problems.push(
      ...(await lookAt(page, `newcomer-${name}-${number}-${what}`, { script, scheme })),
    );
  };
  const press = (label: string | RegExp) => page.getByRole('button', { name: label }).click();
  const follow = (label: string | RegExp) =>
    page.getByRole('link', { name: label }).first().click();
  const heading = (text: string | RegExp) =>
    page.getByRole('heading', { level: 1, name: text }).waitFor();
  const typePassword = async (password: string) => {
    await page.getByLabel('User name').fill('anna');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await press('Sign in');
  };
  const typeCode = async (code: string) => {
    await page.locator('input[name=code]').fill(code);
    await page.locator('input[name=code]').press('Enter');
  };

  test('from the start page to the demo service and its sign-in', async () => {
    await page.goto(demo.url);
    await heading(/Welcome/);
    await look('start-page');
    await follow(/Harbour Notes/);
    await heading('Harbour Notes');
    expect(new URL(page.url()).hostname).toBe('127.0.0.1');
    await look('service');
    await follow('Sign in');
    await page.getByLabel('Password', { exact: true }).waitFor();
    expect(new URL(page.url()).hostname).toBe('localhost');
    await look('password');
    await typePassword('not the password');
    await page.getByRole('alert').waitFor();
    await look('password-wrong');
  });

  test('sets up an authenticator app and arrives', async () => {
    await typePassword(demo.password);
    await page.getByRole('img', { name: /QR/ }).waitFor();
    await look('enrol');
    const uri = await page.locator('a[href^="otpauth:"]').getAttribute('href');
    const secret = new URL(uri ?? '').searchParams.get('secret') ?? '';
    totp = new TOTP({ secret: Secret.fromBase32(secret) });
    await typeCode('000000');
    await page.getByRole('alert').waitFor();
    await look('enrol-wrong-code');
    await typeCode(totp.generate());
    await heading('Welcome, Anna Lindqvist');
    expect(page.url()).toBe(`${demo.siteUrl}/harbour-notes/`);
    await look('arrived');
  });

  test('a third party asks for consent, but not for a password', async () => {
    await page.goto(`${demo.siteUrl}/tidewater-planner/`);
    await look('third-party');
    await follow('Sign in');
    await heading(/Tidewater Planner/);
    await page.getByRole('button', { name: 'Do not allow' }).waitFor();
    await look('consent');
    await press(/^Allow/);
    await heading('Welcome, Anna Lindqvist');
    await look('third-party-arrived');
  });

  test('a service that speaks SAML asks for nothing at all', async () => {
    await page.goto(`${demo.siteUrl}/lighthouse-library/`);
    await look('saml-service');
    await follow('Sign in');
    if (!script) {
      await look('saml-carried');
      await press('Continue');
    }
    await heading('Welcome, Anna Lindqvist');
    expect(page.url()).toBe(`${demo.siteUrl}/lighthouse-library/`);
    await look('saml-arrived');
  });

  test('finds the services, the account and the mailbox', async () => {
    await page.goto(demo.url);
    await heading(/Anna Lindqvist/);
    await look('my-services');
    await follow('My account');
    await heading('Anna Lindqvist');
    await look('account');
    await page.goto(`${demo.siteUrl}/mailbox/`);
    await look('mailbox');
    await page.goto(`${demo.siteUrl}/harbour-notes/`);
    await press('Renew quietly');
    await page.getByRole('status').waitFor();
    await look('renewed');
  });

  test('one sign-out leaves all services, and each asks again', async () => {
    await page.goto(`${demo.siteUrl}/harbour-notes/`);
    await press('Sign out');
    await heading('You are signed out');
    await look('signed-out');
    await page.goto(`${demo.siteUrl}/lighthouse-library/`);
    await heading('Lighthouse Library');
    await follow('Sign in');
    await page.getByLabel('Password', { exact: true }).waitFor();
  });

  test('a forgotten password is set by a link in the mailbox, and a code is asked for as ever', async () => {
    await follow(/Forgot/);
    await page.getByLabel('User name').fill('anna');
    await look('forgot');
    await page.locator('main form button').first().click();
    await heading(/mail/i);
    await look('forgot-sent');
    const link = page.getByRole('link', { name: /\/password\// }).first();
    await until(async () => {
      await page.goto(`${demo.siteUrl}/mailbox/`);
      return (await link.count()) > 0;
    });
    await look('mailbox-with-link');
    await link.click();
    await look('new-password');
    const chosen = 'a quite different sentence 9';
    for (const field of await page.locator('main input[type=password]').all()) {
      await field.fill(chosen);
    }
    await page.locator('main form button').first().click();
    await look('password-set');
    await page.goto(`${demo.siteUrl}/harbour-notes/sign-in`);
    await typePassword(chosen);
    await page.locator('input[name=code]').waitFor();
    expect(await page.getByRole('img', { name: /QR/ }).count()).toBe(0);
    await look('code');
    await typeCode(totp.generate({ timestamp: Date.now() + 30_000 }));
    await heading('Welcome, Anna Lindqvist');
  });

  test('nothing was wrong with any of the pages', () => {
    expect(problems).toEqual([]);
  });
});
