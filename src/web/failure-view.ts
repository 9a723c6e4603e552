import { failureReasons, shownReason } from '../audit/failure-reasons.js';
import type { FailureReason } from '../audit/failure-reasons.js';

/** A failure as people see it; made by `failureView` only, so that no page tells more than it may. */
export interface FailureView {
  /** The reason whose text is shown. */
  reason: FailureReason;
  /** `DB-101` */
  code: string;
  /** Leads from the page to one audit row. */
  reference: string | null;
  /** After how many minutes trying again makes sense; `null` when unknown. */
  minutes: number | null;
}

/**
 * @param until when the lock ends, milliseconds since the epoch; rounded up to whole minutes
 */
export function failureView(
  reason: FailureReason,
  reference: string | null,
  wait?: { until: number; now: number },
): FailureView {
  const shown = shownReason(reason);
  return {
    reason: shown,
    code: failureReasons[shown].code,
    reference,
    minutes: wait === undefined ? null : Math.max(1, Math.ceil((wait.until - wait.now) / 60_000)),
  };
}
