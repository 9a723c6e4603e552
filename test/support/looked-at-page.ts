import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { overflow, smallTargets, violations } from './page-checks.js';

const folder = 'test-results/screenshots';

/**
 * Takes a picture of the page as it is, and says what is wrong with it: small targets, overflow at 320 px, and what
 * axe finds in either colour scheme. Without `script` axe cannot run, as it waits for timers of the page.
 */
export async function lookAt(
  page: Page,
  name: string,
  { script, scheme }: { script: boolean; scheme: 'light' | 'dark' },
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  const problems = await smallTargets(page);
  for (const shown of script ? (['light', 'dark'] as const) : []) {
    await page.emulateMedia({ colorScheme: shown });
    problems.push(...(await violations(page)).map((problem) => `${shown}: ${problem}`));
  }
  await page.emulateMedia({ colorScheme: scheme });
  const size = page.viewportSize() ?? { width: 1280, height: 860 };
  await page.setViewportSize({ width: 320, height: 640 });
  const excess = await overflow(page);
  if (excess > 0) {
    problems.push(`${excess} px too wide at 320 px`);
    await page.screenshot({ path: `${folder}/${name}-too-wide.png`, fullPage: true });
  }
  await page.setViewportSize(size);
  return problems.map((problem) => `${name}: ${problem}`);
}
