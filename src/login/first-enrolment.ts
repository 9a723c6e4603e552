import type { Person } from '../directory/person.js';
import type { EnrolledAmong } from '../factors/enrolled-among.js';
import type { Factor, FactorContext, FactorState, FactorVerdict } from '../factors/factor.js';
import { enrolledFactors, whyOutOfUse } from './enrolled-factors.js';

/** Setting up a second factor within a sign-in, which is for people who have none at all. */
export interface FirstEnrolment {
  /** What the person answers on the page of a factor that is being set up. */
  complete(
    person: Person,
    factor: Factor,
    state: FactorState,
    fields: Readonly<Record<string, string>>,
    context: FactorContext,
  ): Promise<FactorVerdict>;
}

export function createFirstEnrolment(deps: {
  factors: readonly Factor[];
  enrolledAmong: EnrolledAmong;
}): FirstEnrolment {
  const { factors, enrolledAmong } = deps;

  return {
    /** Where there is a factor by now, it must be proved and not added to. */
    async complete(person, factor, state, fields, context) {
      // The factor itself looks for others of its kind, and knows the one of a second click.
      const others = factors.filter((other) => other !== factor);
      const taken = (await enrolledFactors(others, person, enrolledAmong)).length > 0;
      const own = taken && (await factor.enrolment?.elsewhere?.isDone(person, state)) === true;
      if (taken && !own) return { kind: 'refused', reason: 'enrolment_expired' };
      const barred = await whyOutOfUse(factors, person);
      if (barred !== null) return { kind: 'refused', reason: barred, ends: true };
      const first = { ...context, firstOnly: true } as const;
      const verdict = await factor.enrolment?.complete(person, state, fields, first);
      return verdict ?? { kind: 'refused', reason: 'step_out_of_order' };
    },
  };
}
