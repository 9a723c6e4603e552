import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { chromiumBinary, startChromium } from '../support/chromium.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { LogoutScene } from '../support/saml/logout-scene.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
if (isMissing) console.warn('Chromium is not installed: logout in a real browser stays untested');
const suite = isMissing ? describe.skip : describe;

let people = 0;

suite.each([{ script: true }, { script: false }])('one logout, script: $script', ({ script }) => {
  let scene: LogoutScene;
  let browser: Awaited<ReturnType<typeof startChromium>>;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    scene = await LogoutScene.set();
    browser = await startChromium({ javaScriptEnabled: script });
    page = await browser.context.newPage();
    page.setDefaultTimeout(45_000);
    page.on('console', (message) => {
      if (/Content.Security.Policy|form-action/i.test(message.text()))
        problems.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    await scene?.close();
  });
  beforeEach(() => scene.everybodyBehaves());

  /** Without script every page that would move on by itself has a button. */
  const press = async (name: RegExp) => {
    if (!script) await page.getByRole('button', { name }).click();
  };

  async function enter(first: boolean, id: 'intranet' | 'wiki'): Promise<void> {
    await page.goto(`${scene.services[id].url}/enter`);
    if (first) {
      people += 1;
      const username = `person${people}`;
      const { code } = await addPerson(scene.server.drawbridge, username);
      await page.locator('input[name=username]').fill(username);
      await page.locator('input[name=password]').fill(PASSWORD);
      await page.locator('button.primary').click();
      await page.locator('input[name=code]').fill(code());
      await page.locator('button.primary').click();
    }
    await press(/Continue/);
    await page.getByText('signed in as').waitFor();
  }

  const isInside = async (id: 'intranet' | 'wiki') => {
    await page.goto(scene.services[id].url);
    return (await page.textContent('body'))?.startsWith('signed in');
  };

  async function signOut(): Promise<void> {
    await page.goto(`${scene.server.url}/`);
    await page.getByRole('button', { name: 'Sign out' }).click();
  }

  test('goes past the services, by Redirect and by POST, and ends on our page', async () => {
    await enter(true, 'intranet');
    await enter(false, 'wiki');
    await signOut();
    await press(/Sign out of Service wiki/);
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(await isInside('intranet')).toBe(false);
    expect(await isInside('wiki')).toBe(false);
    expect(problems).toEqual([]);
  });

  test('a service that hangs leaves the person on a page of ours, which goes on without it', async () => {
    await enter(true, 'intranet');
    await enter(false, 'wiki');
    scene.services.intranet.hang();
    try {
      await signOut();
      await press(/Sign out of Service wiki/);
      if (!script) {
        await page.getByText('Service intranet does not seem to answer').waitFor();
        await page.getByRole('link', { name: 'Go on without it' }).click();
      }
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
      expect(await page.locator('.message li').allTextContents()).toEqual([
        'Service intranet',
        'Service wiki',
      ]);
    } finally {
      scene.services.intranet.wake();
    }
    expect(await isInside('wiki')).toBe(false);
    expect(problems).toEqual([]);
  });

  test('a service asks, another one fails: first the page, then back to the one that asked', async () => {
    await enter(true, 'intranet');
    await enter(false, 'wiki');
    await scene.services.wiki.behave('failure');
    await page.goto(`${scene.services.intranet.url}/leave?state=x`);
    await press(/Sign out of Service wiki/);
    await page.getByText('Not reached').waitFor();
    await page.getByRole('link', { name: 'Back to Service intranet' }).click();
    await page.getByText('left x').waitFor();
    expect(problems).toEqual([]);
  });
});
