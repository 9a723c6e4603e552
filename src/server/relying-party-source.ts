import { accountParty } from '../account/account-party.js';
import { configurationRefused, configurationReloaded } from '../audit/events/operation-events.js';
import type { Configuration } from '../config/configuration.js';
import { describeProblem } from '../config/configuration-problem.js';
import { DrawbridgeError } from '../kernel/errors.js';
import { describeUnknownService, unknownServices } from '../relying-parties/unknown-services.js';
import { createFileRegistry } from '../relying-parties/file-registry.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { Foundations } from './foundations.js';
import { createProtocolSections } from './protocol-sections.js';
import { withRegistered } from './registered-layer.js';

export interface FollowedRelyingParties extends RelyingPartyRegistry {
  /** Looks at the files and the rows now, without waiting for the next look. */
  reload(): Promise<void>;
  /** Looks at the rows alone. */
  refresh(): Promise<void>;
  close(): void;
}

/**
 * The relying parties of the configured files, and behind them those that were imported or registered themselves, all
 * followed while the server runs. A bad change raises an alarm and leaves in force what was.
 * @throws DrawbridgeError `configuration_invalid` when the files are bad at start
 */
export async function relyingPartiesFromFiles(
  configuration: Configuration,
  environment: NodeJS.ProcessEnv,
  base: Foundations,
): Promise<FollowedRelyingParties> {
  const { audit, alarms, logger } = base;
  const { factors, maxAge } = configuration.policy;
  const told = (event: Promise<unknown>) => {
    event.catch((error: unknown) => {
      logger.error('relying_parties.not_told', {}, error);
    });
  };
  let started = false;
  const sections = createProtocolSections({ clock: base.clock, refuseExpired: () => started });
  const created = await createFileRegistry({
    patterns: configuration.relyingPartyFiles,
    env: environment,
    sections,
    defaults: { factors, maxAge },
    onReloaded: (difference) => {
      told(audit.record(configurationReloaded(difference)));
      told(alarms.clear('configuration_refused'));
    },
    onRefused: (problems) => {
      const described = problems.map(describeProblem);
      told(audit.record(configurationRefused(described)));
      told(alarms.raise('configuration_refused', described.join('\n')));
    },
    onError: (error) => {
      logger.error('relying_parties.failed', {}, error);
    },
  });
  started = true;
  if (!created.ok) {
    throw new DrawbridgeError(
      'configuration_invalid',
      created.failure.map(describeProblem).join('\n'),
    );
  }
  const files = created.value;
  const registry = await withRegistered(base, { files, sections, defaults: { factors, maxAge } });
  const unfollow = warnOfUnknownServices(registry, configuration, logger);
  return {
    ...registry,
    async reload() {
      await files.reload();
      await registry.refresh();
    },
    close() {
      unfollow();
      registry.close();
      files.close();
    },
  };
}

/** A rule that names a service wrongly protects nothing: each is told once, when it is first seen. */
function warnOfUnknownServices(
  registry: RelyingPartyRegistry,
  { policy }: Configuration,
  logger: Foundations['logger'],
): () => void {
  let told: readonly string[] = [];
  const look = () => {
    const unknown = unknownServices(policy.rules, registry.all(), [accountParty.id]);
    const described = unknown.map(describeUnknownService);
    for (const detail of described.filter((each) => !told.includes(each))) {
      logger.warn('policy.unknown_service', { detail });
    }
    told = described;
  };
  look();
  return registry.onChange(look);
}
