import type { BrowserContext, Page } from 'playwright-core';
import { startChromium, type ChromiumOptions } from '../chromium.js';

export const phoneSize = { width: 390, height: 844 };

/** The phone app in a real browser. */
export interface Phone {
  context: BrowserContext;
  page: Page;
  /** What the browser complained of: console errors, exceptions, breaches of the content security policy. */
  problems: string[];
  close(): Promise<void>;
}

export async function startPhone(
  url: string,
  options: ChromiumOptions & {
    scheme?: 'light' | 'dark';
    clockOffset?: number;
    path?: string;
  } = {},
): Promise<Phone> {
  const { scheme = 'light', clockOffset = 0, path = '/authenticator/', ...chromium } = options;
  const { context, close } = await startChromium(chromium);
  const problems: string[] = [];
  await context.addInitScript(watchPolicy);
  if (clockOffset !== 0) await context.addInitScript(wrongClock(clockOffset));
  const [page = await context.newPage()] = context.pages();
  page.setDefaultTimeout(45_000);
  await page.setViewportSize(phoneSize);
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  page.on('console', (message) => {
    // Refused answers are part of the protocol; Chromium reports each.
    const expected =
      /status of (4\d\d|503)|ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|ERR_INTERNET_DISCONNECTED|ERR_INCOMPLETE_CHUNKED|ERR_NETWORK/.test(
        message.text(),
      );
    if (message.type() === 'error' && !expected) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(url + path);
  return { context, page, problems, close };
}

/** Reports become console errors, so that they are seen however the page is served. */
const watchPolicy = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
  console.error('policy: ' + violatedDirective + ' ' + blockedURI + ' ' + sample));`;

/** A device whose clock is set wrongly. */
const wrongClock = (offset: number) => `{
  const real = Date.now;
  Date.now = () => real() + ${offset};
}`;

/** Types a code and gives the device a name: from the start page to choosing a PIN. */
export async function typeCode(page: Page, code: string, name = 'Test phone'): Promise<void> {
  await press(page, /Scan or type|Add a profile/);
  await page.getByLabel('Activation code').fill(code);
  await press(page, 'Continue');
  await nameDevice(page, name);
}

export async function nameDevice(page: Page, name = 'Test phone'): Promise<void> {
  await page.getByLabel('Name of this device').fill(name);
  await press(page, 'Continue');
}

/** @returns the six digits to compare */
export async function choosePin(page: Page, pin: string): Promise<string> {
  await page.getByLabel('New PIN').fill(pin);
  await page.getByLabel('The same PIN again').fill(pin);
  await press(page, 'Set the PIN');
  await heading(page, 'Compare the digits');
  return ((await page.locator('.fingerprint .digits').textContent()) ?? '').replace(/\s/g, '');
}

export const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name }).first().click();

export const heading = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor();
