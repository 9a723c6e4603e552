import type { FailureReason } from '../audit/failure-reasons.js';
import type { Person } from '../directory/person.js';
import type { EnrolledAmong } from '../factors/enrolled-among.js';
import type { Factor } from '../factors/factor.js';
import type { EnrolledFactor } from './sign-in-record.js';

/**
 * What a person can use as second factor. Ordinary factors are looked up first; whoever has one is offered the
 * fallbacks unseen, which saves a round trip for everybody and tells nobody what a person has set up.
 */
export async function enrolledFactors(
  factors: readonly Factor[],
  person: Person,
  enrolledAmong: EnrolledAmong,
): Promise<EnrolledFactor[]> {
  const byUse = (use: Factor['use']) => factors.filter((factor) => factor.use === use);
  const ordinary = await enrolledAmong(byUse('ordinary'), person);
  const fallbacks = byUse('fallback');
  const found =
    ordinary.length > 0 ? [...ordinary, ...fallbacks] : await enrolledAmong(fallbacks, person);
  return found.map(({ name, category, use, askedFirst }) => ({
    factor: name,
    category,
    use,
    ...(askedFirst === undefined ? {} : { askedFirst }),
  }));
}

/** Why somebody who can use none of the factors is not somebody who never had one; `null` when they never had. */
export async function whyOutOfUse(
  factors: readonly Factor[],
  person: Person,
): Promise<FailureReason | null> {
  for (const factor of factors) {
    const reason = (await factor.outOfUse?.(person)) ?? null;
    if (reason !== null) return reason;
  }
  return null;
}
