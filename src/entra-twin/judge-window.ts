import type { Verdicts } from './verdict.js';
import { clockSkewMs } from './wire-names.js';

/** When an answer may be used: both ends given and now between them, five minutes of clock skew allowed. */
export function judgeWindow(
  rule: string,
  window: { from: string | null; until: string | null; now: number; needsFrom: boolean },
  verdicts: Verdicts,
): void {
  const from = timeOf(window.from);
  const until = timeOf(window.until);
  const missing = until === null || (window.needsFrom && from === null);
  const early = from !== null && window.now < from - clockSkewMs;
  const late = until !== null && window.now >= until + clockSkewMs;
  const iso = (at: number | null) => (at === null ? 'never' : new Date(at).toISOString());
  verdicts.expect(
    rule,
    !missing && !early && !late,
    'AADSTS50008',
    missing
      ? 'it does not say from when until when'
      : `it is ${iso(window.now)} and it may be used ${early ? 'from' : 'until'} ${iso(early ? from : until)}`,
  );
}

/** Milliseconds of an `xs:dateTime` in UTC; `null` when it is none. */
export function timeOf(written: string | null): number | null {
  if (written === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(written)) return null;
  const at = Date.parse(written);
  return Number.isNaN(at) ? null : at;
}
