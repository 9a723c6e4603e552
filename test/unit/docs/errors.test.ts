import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  failureReasons,
  shownReason,
  type FailureReason,
} from '../../../src/audit/failure-reasons.js';

const texts = JSON.parse(readFileSync('views/locales/en.json', 'utf8')) as Record<string, string>;

/** Rows of the tables: code, reason, and what the page says. */
const rows = readFileSync('docs/errors.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `DB-'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, code, reason, page, meaning, remedy]) => ({ code, reason, page, meaning, remedy }));

const reasons = Object.keys(failureReasons) as FailureReason[];

test('docs/errors.md has one row for each failure reason, under its code', () => {
  expect(rows.map(({ code, reason }) => `${code} ${reason}`).sort()).toEqual(
    reasons.map((reason) => `\`${failureReasons[reason].code}\` \`${reason}\``).sort(),
  );
});

test('it says what the page says, and under which code where that is another', () => {
  const pages = reasons.map((reason) => {
    const shown = shownReason(reason);
    const title = `“${texts[`failure.${shown}.title`]}”`;
    return [reason, shown === reason ? title : `${title} (${failureReasons[shown].code})`];
  });
  expect(
    Object.fromEntries(rows.map(({ reason, page }) => [reason?.replaceAll('`', ''), page])),
  ).toEqual(Object.fromEntries(pages));
});

test('no row leaves the help desk without an answer', () => {
  expect(rows.filter(({ meaning, remedy }) => !meaning || !remedy)).toEqual([]);
});
