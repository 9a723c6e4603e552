import type { FailureReason } from '../audit/failure-reasons.js';

/** Why a browser does not get what it asked for by an id: it is over, or another browser began it. */
export function strayReason(
  found: boolean,
  hasCookie: boolean,
): Extract<FailureReason, 'sign_in_expired' | 'sign_in_other_browser' | 'cookies_blocked'> {
  if (!found) return 'sign_in_expired';
  return hasCookie ? 'sign_in_other_browser' : 'cookies_blocked';
}
