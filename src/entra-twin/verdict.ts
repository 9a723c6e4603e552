import type { AadstsCode } from './aadsts-code.js';

/** What one rule says of one answer. */
export interface Verdict {
  /** The rule, in a few words. */
  rule: string;
  outcome: 'passed' | 'failed' | 'not judged';
  /** What Entra would show; `null` when passed, and where Entra would notice nothing. */
  code: AadstsCode | null;
  /** What was found, or why nothing was. */
  detail: string;
}

/** Takes down what each rule says, in the order in which Entra looks. */
export class Verdicts {
  readonly all: Verdict[] = [];

  /** @param found what to say of a failure */
  expect(rule: string, holds: boolean, code: AadstsCode | null, found: string): boolean {
    this.all.push(
      holds
        ? { rule, outcome: 'passed', code: null, detail: '' }
        : { rule, outcome: 'failed', code, detail: found },
    );
    return holds;
  }

  skip(rule: string, why: string): void {
    this.all.push({ rule, outcome: 'not judged', code: null, detail: why });
  }
}

/** The one that Entra's error page would show: it stops at the first. */
export function firstFailure(verdicts: readonly Verdict[]): Verdict | null {
  return verdicts.find(({ outcome }) => outcome === 'failed') ?? null;
}
