import type { AcceptedMetadata } from './read-partner.js';

const hourMs = 3_600_000;

/**
 * When accepted metadata is fetched again: after its cacheDuration or half of its remaining validity, whichever comes
 * first, but not before an hour and within a day.
 */
export function nextRefresh(
  { metadata, cacheDurationSeconds }: AcceptedMetadata,
  now: number,
): number {
  const half = metadata.validUntil === null ? Infinity : (metadata.validUntil - now) / 2;
  const cached = cacheDurationSeconds === null ? Infinity : cacheDurationSeconds * 1_000;
  return now + Math.round(Math.min(24 * hourMs, Math.max(hourMs, Math.min(half, cached))));
}

/** After a failure: soon while nothing was ever accepted, because the service cannot be used until then. */
export const nextAttempt = (hasMetadata: boolean, now: number): number =>
  now + (hasMetadata ? 10 : 1) * 60_000;
