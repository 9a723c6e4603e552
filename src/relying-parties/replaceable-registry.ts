import { isDeepStrictEqual } from 'node:util';
import type { RelyingParty, RelyingPartyRegistry } from './relying-party.js';

/** Ids of the relying parties that a replacement added, removed or changed. */
export interface RegistryDifference {
  added: string[];
  removed: string[];
  changed: string[];
}

export interface ReplaceableRegistry extends RelyingPartyRegistry {
  /** Puts other relying parties in force, all at once, and tells the listeners when anything differs. */
  replace(parties: readonly RelyingParty[]): RegistryDifference;
}

/**
 * The relying parties in force, in memory. A listener that throws is reported to `onListenerError` and disturbs
 * neither the replacement nor the other listeners.
 */
export function createReplaceableRegistry(
  initial: readonly RelyingParty[],
  onListenerError: (error: unknown) => void,
): ReplaceableRegistry {
  let parties = [...initial];
  let byId = index(parties);
  const listeners = new Set<() => void>();

  return {
    byId: (id) => byId.get(id) ?? null,
    ofProtocol: (protocol) => parties.filter((party) => party.protocol === protocol),
    all: () => parties,
    onChange(listener) {
      // Wrapped, so that the same function registered twice can be taken away once.
      const entry = () => listener();
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    replace(next) {
      const before = byId;
      parties = [...next];
      byId = index(parties);
      const difference = compare(before, byId);
      if (Object.values(difference).some((ids: string[]) => ids.length > 0)) {
        for (const listener of [...listeners]) {
          try {
            listener();
          } catch (error) {
            onListenerError(error);
          }
        }
      }
      return difference;
    },
  };
}

function index(parties: readonly RelyingParty[]): Map<string, RelyingParty> {
  return new Map(parties.map((party) => [party.id, party]));
}

function compare(
  before: ReadonlyMap<string, RelyingParty>,
  after: ReadonlyMap<string, RelyingParty>,
): RegistryDifference {
  return {
    added: [...after.keys()].filter((id) => !before.has(id)),
    removed: [...before.keys()].filter((id) => !after.has(id)),
    changed: [...after].flatMap(([id, party]) => {
      const earlier = before.get(id);
      return earlier === undefined || isDeepStrictEqual(earlier, party) ? [] : [id];
    }),
  };
}
