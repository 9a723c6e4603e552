/** How far a device's clock may be learnt to be off, in steps either way. */
export const maxDrift = 10;

const runToMove = 3;

/** What is known about a device's clock. */
export interface LearntDrift {
  drift: number;
  /** Successive accepted codes on one side: positive ahead, negative behind. */
  run: number;
}

/**
 * What an accepted code teaches. The window moves one step only after three successive codes on the same side: one
 * code moves nothing, or somebody could walk the window with codes that they have seen.
 */
export function learnDrift(known: LearntDrift, offset: -1 | 0 | 1): LearntDrift {
  if (offset === 0) return { drift: known.drift, run: 0 };
  const run = Math.sign(known.run) === offset ? known.run + offset : offset;
  if (Math.abs(run) < runToMove) return { drift: known.drift, run };
  const drift = known.drift + offset;
  return { drift: Math.abs(drift) > maxDrift ? known.drift : drift, run: 0 };
}
