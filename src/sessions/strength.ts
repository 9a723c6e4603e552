import type { FactorCategory, FactorEvent } from './factor-event.js';

/** What a set of factor events amounts to. Derived, never stored: it cannot be stronger or newer than what happened. */
export interface Strength {
  /** Number of different categories proved: 0, 1, 2 or 3. */
  factors: number;
  /** RFC 8176 references, with `mfa` when two categories were proved. */
  amr: readonly string[];
  /** Milliseconds since the epoch of the oldest proof that the strength rests on; `null` when nothing was proved. */
  authTime: number | null;
}

/** One factor proved. */
export const ACR_SINGLE = 'urn:drawbridge:acr:single-factor';
/** Two factors of different categories proved. */
export const ACR_MULTI = 'urn:drawbridge:acr:multi-factor';

/** Context class references that relying parties may ask for, and how many categories each demands. */
export const acrDemands: Readonly<Record<string, 1 | 2>> = {
  [ACR_SINGLE]: 1,
  [ACR_MULTI]: 2,
  'https://refeds.org/profile/sfa': 1,
  'https://refeds.org/profile/mfa': 2,
};

export function strengthOf(events: readonly FactorEvent[]): Strength {
  const newest = new Map<FactorCategory, FactorEvent>();
  for (const event of events) {
    const known = newest.get(event.category);
    if (known === undefined || event.at > known.at) newest.set(event.category, event);
  }
  const used = [...newest.values()].sort((a, b) => a.at - b.at);
  const amr = [...new Set(used.map((event) => event.amr))];
  return {
    factors: used.length,
    amr: used.length >= 2 ? [...amr, 'mfa'] : amr,
    authTime: used[0]?.at ?? null,
  };
}

/** The acr to assert: the first one asked for that the strength meets, else the plain name of the strength. */
export function acrOf(strength: Strength, asked: readonly string[] = []): string | null {
  if (strength.factors === 0) return null;
  const met = asked.find((acr) => (acrDemands[acr] ?? Infinity) <= strength.factors);
  return met ?? (strength.factors >= 2 ? ACR_MULTI : ACR_SINGLE);
}
