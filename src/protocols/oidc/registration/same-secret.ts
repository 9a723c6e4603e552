import { createHash, timingSafeEqual } from 'node:crypto';

/** In the same time whatever is shown. */
export function sameSecret(shown: unknown, secret: string | null): boolean {
  if (typeof shown !== 'string' || secret === null) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(secret));
}
