import { nearestKey } from '../config/nearest-key.js';
import type { PolicyRule } from './policy-rules.js';
import type { RelyingParty } from './relying-party.js';

/** A service that a policy rule names and that does not exist: the condition never holds for it. */
export interface UnknownService {
  rule: string;
  named: string;
  /** The one that may be meant; `null` when none is near. */
  nearest: string | null;
}

/** @param ours ids of relying parties that no file writes down, such as the account page */
export function unknownServices(
  rules: readonly PolicyRule[],
  parties: readonly Pick<RelyingParty, 'id' | 'profileId'>[],
  ours: readonly string[],
): UnknownService[] {
  const known = [
    ...ours,
    ...parties.flatMap(({ id, profileId }) => (profileId === undefined ? [id] : [id, profileId])),
  ];
  return rules.flatMap(({ name, when }) =>
    (when.relyingParties ?? [])
      .filter((named) => !known.includes(named))
      .map((named) => ({ rule: name, named, nearest: nearestKey(named, known) })),
  );
}

export function describeUnknownService({ rule, named, nearest }: UnknownService): string {
  const meant = nearest === null ? '' : ` Is ${JSON.stringify(nearest)} meant?`;
  return `The rule ${JSON.stringify(rule)} names ${JSON.stringify(named)}, which is no service: there it never holds.${meant}`;
}
