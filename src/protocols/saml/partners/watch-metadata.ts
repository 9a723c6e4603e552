import type { Alarms } from '../../../audit/alarms.js';
import type { Clock } from '../../../kernel/clock.js';
import type { ManagedPartnerDirectory } from './partner-directory.js';
import type { PartnerState } from './partners-in-force.js';

const dayMs = 86_400_000;
const everyMs = 60_000;

/** Who has metadata that somebody must see to; a service without any yet is merely waited for. */
export function staleMetadata(states: readonly PartnerState[]): string[] {
  return states.flatMap(({ id, enabled, taken, failingSince, lastError, problem }) => {
    if (!enabled) return [];
    if (failingSince !== null) {
      return [`${id}: failing since ${new Date(failingSince).toISOString()}: ${lastError ?? ''}`];
    }
    return taken && problem !== null ? [`${id}: ${problem}`] : [];
  });
}

/**
 * Whose metadata is over within a week, or already. What is fetched, and was fetched last time, will be renewed: there
 * it is the last day that tells of a publisher who has forgotten to.
 */
export function expiringMetadata(states: readonly PartnerState[], now: number): string[] {
  return states.flatMap(({ id, enabled, validUntil, source, failingSince }) => {
    const days = source === 'url' && failingSince === null ? 1 : 7;
    if (!enabled || validUntil === null || validUntil - now > days * dayMs) return [];
    return [`${id}: valid until ${new Date(validUntil).toISOString()}`];
  });
}

/** Raises and clears the alarms about partners' metadata, in every process from what it has in force. */
export function watchMetadata(deps: {
  directory: Pick<ManagedPartnerDirectory, 'states' | 'onChange'>;
  alarms: Alarms;
  clock: Clock;
}): { stop(): void } {
  const { directory, alarms, clock } = deps;
  const set = (name: 'saml_metadata_stale' | 'saml_metadata_expiring', about: string[]) => {
    void (about.length > 0 ? alarms.raise(name, about.join('\n')) : alarms.clear(name));
  };
  const look = () => {
    set('saml_metadata_stale', staleMetadata(directory.states()));
    set('saml_metadata_expiring', expiringMetadata(directory.states(), clock.now()));
  };
  const unfollow = directory.onChange(look);
  const timer = setInterval(look, everyMs);
  timer.unref();
  look();
  return {
    stop() {
      unfollow();
      clearInterval(timer);
    },
  };
}
