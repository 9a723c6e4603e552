import type { FailureReason } from '../audit/failure-reasons.js';
import type { FactorCategory, FactorEvent } from '../sessions/factor-event.js';
import type { EnrolledFactor } from './sign-in-record.js';

/** Everything the decision looks at. */
export interface NextStepFacts {
  personKnown: boolean;
  mustChangePassword: boolean;
  /** Proofs that count for this request: fresh enough, of this person, of allowed factors. */
  countable: readonly FactorEvent[];
  demand: { factors: 1 | 2; allowedFactors: readonly string[] | null };
  /** `null`: not looked up yet (it is only when a second factor is needed). */
  enrolled: readonly EnrolledFactor[] | null;
  /** Where nothing is enrolled: why that is not somebody who never had a second factor. */
  outOfUse: FailureReason | null;
  /** Factors that may be set up in the middle of a sign-in, in order of preference. */
  enrollable: readonly { factor: string; category: FactorCategory; askedFirst?: true }[];
  /** The factor the person picked, when they picked one. */
  chosen: string | null;
  /** The one used last in this browser: asked first where there are several. */
  remembered?: string | null;
}

export type NextStep =
  | { step: 'password' }
  | { step: 'change-password' }
  | { step: 'look-up-factors' }
  | { step: 'factor'; factor: string }
  | { step: 'choose-factor' }
  /** `others` can be set up instead. */
  | { step: 'enrol'; factor: string; others: readonly string[] }
  | { step: 'complete' }
  | { step: 'fail'; reason: FailureReason };

/**
 * The only place that decides what comes next in a sign-in. Pure: a table of facts and answers tests it.
 * The password comes first, always; a factor whose category is already proved cannot be the second one.
 */
export function nextStep(facts: NextStepFacts): NextStep {
  const proved = new Set(facts.countable.map((event) => event.category));
  if (!facts.personKnown || !facts.countable.some((event) => event.factor === 'password')) {
    return { step: 'password' };
  }
  const enough = proved.size >= facts.demand.factors;
  if (enough && !facts.mustChangePassword) return { step: 'complete' };
  if (enough && proved.size > 1) return { step: 'change-password' };
  if (facts.enrolled === null) return { step: 'look-up-factors' };
  const none = facts.enrolled.length === 0;
  // Out of use by whoever has the password, perhaps: that alone sets up no other factor, and no new password either.
  if (none && facts.outOfUse !== null) return { step: 'fail', reason: facts.outOfUse };
  // Others may know a password that has to be changed: whoever has a second factor shows it before choosing a new one.
  if (enough && none) return { step: 'change-password' };

  const usable = facts.enrolled.filter((entry) => counts(entry, proved, facts.demand));
  if (facts.chosen !== null && usable.some((entry) => entry.factor === facts.chosen)) {
    return { step: 'factor', factor: facts.chosen };
  }
  const ordinary = usable.filter((entry) => entry.use === 'ordinary');
  const [only, another] = ordinary.length > 0 ? ordinary : usable;
  if (only !== undefined && another === undefined) return { step: 'factor', factor: only.factor };
  const first =
    ordinary.find((entry) => entry.factor === facts.remembered) ??
    usable.find((entry) => entry.askedFirst === true);
  if (first !== undefined) return { step: 'factor', factor: first.factor };
  if (only !== undefined) return { step: 'choose-factor' };

  // Whoever has factors, but none that counts here, must not get round them by setting up a new one.
  if (!none) return { step: 'fail', reason: 'strength_unreachable' };
  const enrollable = facts.enrollable.filter((entry) => counts(entry, proved, facts.demand));
  const shown =
    enrollable.find((entry) => entry.factor === facts.chosen) ??
    enrollable.find((entry) => entry.askedFirst === true) ??
    enrollable[0];
  if (shown === undefined) return { step: 'fail', reason: 'no_factor_enrolled' };
  const others = enrollable.filter((entry) => entry !== shown).map(({ factor }) => factor);
  return { step: 'enrol', factor: shown.factor, others };
}

function counts(
  entry: { factor: string; category: FactorCategory },
  proved: ReadonlySet<FactorCategory>,
  demand: NextStepFacts['demand'],
): boolean {
  const allowed = demand.allowedFactors === null || demand.allowedFactors.includes(entry.factor);
  return allowed && !proved.has(entry.category);
}
