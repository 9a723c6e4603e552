import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

// Scripts for the page are text: the rest of the code base is checked without the browser's types.
const axeScript = `axe
  .run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
  .then(({ violations }) => violations.map(
    ({ id, nodes }) => id + ': ' + nodes.map((node) => node.target.join(' ')).join(', ')))`;

const smallTargetsScript = `
  [...document.querySelectorAll('button, input:not([type=hidden]), summary, .button, header a')]
    .filter((element) => element.getBoundingClientRect().height < 43.9)
    .map((element) => element.tagName + ' ' + element.textContent + ' is lower than 44 px')`;

/** What axe finds. Its source is evaluated, because the pages' own policy lets no foreign script in. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate<string[]>(axeScript);
}

/** Pixels by which the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}

/** What is pressed is at least 44 px high; links inside running text are exempt (WCAG 2.5.5). */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(smallTargetsScript);
}
