import { pushLimits } from './push-limits.js';

/** How many challenges a person was sent lately, by one kind of browser. Kept as JSON in the short-lived store. */
export interface Budget {
  v: 1;
  sent: readonly number[];
  pausedUntil: number;
}

/** What is left after one more challenge, or until when there is none. */
export function spend(
  stored: string | null,
  now: number,
): { ok: true; budget: Budget } | { ok: false; retryAt: number } {
  const { challenges, windowMs, pauseMs } = pushLimits.budget;
  const known = stored === null ? null : (JSON.parse(stored) as Budget);
  if (known !== null && known.pausedUntil > now) return { ok: false, retryAt: known.pausedUntil };
  const recent = (known?.sent ?? []).filter((at) => at > now - windowMs);
  const sent = [...recent, now];
  const budget: Budget =
    sent.length < challenges
      ? { v: 1, sent, pausedUntil: 0 }
      : { v: 1, sent: [], pausedUntil: now + pauseMs };
  return { ok: true, budget };
}
