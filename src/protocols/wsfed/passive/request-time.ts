/** How old a request may be when it comes. */
const REQUEST_LIFETIME_MS = 5 * 60_000;
/** How far the clock of a relying party may be ahead of ours. */
const CLOCK_SKEW_MS = 3 * 60_000;

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Whether a request was made just now (`wct`, WS-Federation 1.2, 13.2.2). Requests without a time are not looked at:
 * Entra sends none.
 * @returns the rule that it breaks, or `null`
 */
export function timeFault(
  wct: string | undefined,
  now: number,
): 'wct' | 'too-old' | 'in-the-future' | null {
  if (wct === undefined || wct === '') return null;
  const instant = dateTime.test(wct) ? Date.parse(wct) : NaN;
  if (!Number.isSafeInteger(instant)) return 'wct';
  if (instant < now - REQUEST_LIFETIME_MS) return 'too-old';
  return instant > now + CLOCK_SKEW_MS ? 'in-the-future' : null;
}
