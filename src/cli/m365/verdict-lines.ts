import { firstFailure, type Verdict } from '../../entra-twin/verdict.js';

const marks: Readonly<Record<Verdict['outcome'], string>> = {
  passed: 'passed',
  failed: 'FAILED',
  'not judged': '–',
};

/** Each rule with what came of it. */
export function verdictLines(verdicts: readonly Verdict[]): string[] {
  return verdicts.map(({ rule, outcome, code, detail }) => {
    const shown = code === null ? '' : ` ${code}`;
    return `  ${marks[outcome].padEnd(7)} ${rule}${shown}${detail === '' ? '' : `: ${detail}`}`;
  });
}

/** What one sign-in came to. */
export interface RehearsedRow {
  person: string;
  /** How Entra asked, or `computed`. */
  how: string;
  verdicts: readonly Verdict[];
  /** What there is to say when every rule passed. */
  note?: string;
}

/** One line for each sign-in: whether every rule passed, or the first that did not and the code that Entra shows for it. */
export function peopleTable(rows: readonly RehearsedRow[]): string[] {
  const cells = rows.map(({ person, how, verdicts, note }) => {
    const failed = firstFailure(verdicts);
    const passed = verdicts.filter(({ outcome }) => outcome === 'passed').length;
    if (failed === null) return [person, how, `${passed} passed`, '', note ?? ''];
    return [person, how, 'FAILED', failed.code ?? 'no error', `${failed.rule}: ${failed.detail}`];
  });
  return table(['Person', 'Asked', 'Result', 'Entra shows', 'Detail'], cells);
}

/** One line for each rule, over all sign-ins. */
export function ruleTable(rows: readonly RehearsedRow[]): string[] {
  const counts = new Map<
    string,
    { passed: number; failed: number; skipped: number; codes: Set<string> }
  >();
  for (const { rule, outcome, code } of rows.flatMap(({ verdicts }) => verdicts)) {
    const count = counts.get(rule) ?? {
      passed: 0,
      failed: 0,
      skipped: 0,
      codes: new Set<string>(),
    };
    counts.set(rule, count);
    if (outcome === 'passed') count.passed += 1;
    else if (outcome === 'failed') count.failed += 1;
    else count.skipped += 1;
    if (outcome === 'failed') count.codes.add(code ?? 'no error');
  }
  const cells = [...counts].map(([rule, { passed, failed, skipped, codes }]) => [
    rule,
    String(passed),
    String(failed),
    String(skipped),
    [...codes].join(', '),
  ]);
  return table(['Rule', 'Passed', 'Failed', 'Not judged', 'Entra shows'], cells);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    rows.reduce((width, row) => Math.max(width, (row[column] ?? '').length), title.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)];
}
