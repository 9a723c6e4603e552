import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { chromiumBinary, startChromium } from '../support/chromium.js';
import { gallery } from '../support/gallery.js';
import { startGalleryServer } from '../support/gallery-server.js';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
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
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          if (overflow > 0) problems.push(`${locale} ${scheme} ${name}: ${overflow} px too wide`);
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

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: AxeLike };
    const result = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return result.violations.map(
      (one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`,
    );
  });
}

interface AxeLike {
  run(
    root: Document,
    options: { runOnly: string[] },
  ): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }>;
}

/** What is pressed is at least 44 px high; links inside running text are exempt (WCAG 2.5.5). */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, input:not([type=hidden]), summary, .button, header a')]
      .filter((element) => element.getBoundingClientRect().height < 43.9)
      .map((element) => `${element.tagName} ${element.textContent ?? ''} is lower than 44 px`),
  );
}
