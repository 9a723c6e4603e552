import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { chromiumBinary, startChromium } from '../support/chromium.js';
import { gallery } from '../support/gallery.js';
import { startGalleryServer } from '../support/gallery-server.js';
import { hostile } from '../support/gallery-values.js';
import { overflow, smallTargets, violations } from '../support/page-checks.js';

const folder = 'test-results/screenshots';
const sizes = [
  { name: 'desktop', width: 1280, height: 860 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'narrow', width: 320, height: 640 },
] as const;

// Where Chromium must not be missing, the run as a whole says so; here it is skipped.
const suite =
  chromiumBinary === undefined && process.env['CI'] !== 'true' ? describe.skip : describe;

suite('every page in every state', () => {
  let server: Awaited<ReturnType<typeof startGalleryServer>>;
  let browser: Awaited<ReturnType<typeof startChromium>>;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    server = await startGalleryServer();
    browser = await startChromium();
    page = await browser.context.newPage();
    await page.emulateMedia({ reducedMotion: 'reduce' });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test('the checks find faults', async () => {
    await page.setContent(
      '<!doctype html><button style="height:9px">x</button><div style="width:200vw"><img></div>',
    );
    expect(await overflow(page)).toBeGreaterThan(0);
    expect(await smallTargets(page)).toHaveLength(1);
    expect((await violations(page)).join()).toContain('image-alt');
  });

  test('a page that posts elsewhere does so by script, or by its button without', async () => {
    const posted = page.waitForRequest((request) => request.method() === 'POST');
    await page.goto(`${server.url}/en/login-auto-post?moving`);
    expect(new URLSearchParams((await posted).postData() ?? '').get('SAMLResponse')).toBe(hostile);
    await page.waitForURL('**/gallery-target');
    const plain = await startChromium({ javaScriptEnabled: false });
    const still = plain.context.pages()[0] ?? (await plain.context.newPage());
    await still.goto(`${server.url}/en/login-auto-post?moving`);
    await still.getByRole('button', { name: 'Continue' }).click();
    await still.waitForURL('**/gallery-target');
    await still.goto(`${server.url}/en/login-continue?moving`);
    await still.waitForURL(/\/arrived\?code=1&state=%22x%22;b$/);
    await plain.close();
  });

  test.each(gallery.map((entry) => entry.id))('%s', async (id) => {
    const problems: string[] = [];
    const onConsole = (message: { type(): string; text(): string }) => {
      if (message.type() === 'error') problems.push(message.text());
    };
    page.on('console', onConsole);
    page.on('dialog', () => problems.push('a script of a value ran'));
    const english = !id.startsWith('error-') || id === 'error-expired';
    for (const locale of english ? ['en', 'sv'] : ['sv']) {
      await page.goto(`${server.url}/${locale}/${id}`);
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        for (const { name, width, height } of sizes) {
          await page.setViewportSize({ width, height });
          const excess = await overflow(page);
          if (excess > 0) problems.push(`${locale} ${scheme} ${name}: ${excess} px too wide`);
          if (locale === 'en' && english) {
            await page.screenshot({
              path: `${folder}/${id}-${name}-${scheme}.png`,
              fullPage: true,
            });
          }
        }
        problems.push(...(await violations(page)).map((text) => `${locale} ${scheme}: ${text}`));
      }
      problems.push(...(await smallTargets(page)).map((text) => `${locale}: ${text}`));
    }
    page.removeAllListeners('dialog');
    page.off('console', onConsole);
    expect(problems).toEqual([]);
  });
});
