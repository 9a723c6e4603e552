import { describeProblem } from '../config/configuration-problem.js';
import {
  createLayeredRegistry,
  type LayeredRegistry,
} from '../relying-parties/registered/layered-registry.js';
import type { PolicyDefaults, ProtocolSection } from '../relying-parties/relying-party-document.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { Foundations } from './foundations.js';

/**
 * Puts the relying parties of the database behind others, and follows them. What is left out raises an alarm.
 * @throws DependencyUnavailable
 */
export function withRegistered(
  base: Foundations,
  layers: {
    files: RelyingPartyRegistry;
    sections: readonly ProtocolSection[];
    defaults: PolicyDefaults;
  },
): Promise<LayeredRegistry> {
  const { alarms, logger } = base;
  const onError = (error: unknown) => {
    logger.error('relying_parties.failed', {}, error);
  };
  return createLayeredRegistry({
    ...base,
    ...layers,
    onSkipped: (problems) => {
      const described = problems.map(describeProblem).join('\n');
      if (described === '') void alarms.clear('registered_party_refused');
      else void alarms.raise('registered_party_refused', described);
    },
    onError,
  });
}
