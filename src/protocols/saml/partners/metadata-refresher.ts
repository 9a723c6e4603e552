import type { JobObserver } from '../../../jobs/job-observer.js';
import { createSchedule } from '../../../jobs/schedule.js';
import type { RelyingPartyRegistry } from '../../../relying-parties/relying-party.js';
import type { SamlSettings } from '../saml-settings.js';
import { refreshMetadata, type RefreshMetadataDeps } from './refresh-metadata.js';

const everyMs = 10_000;

/**
 * Looks every ten seconds, over all processes, for metadata that is due. Idle, without a single query, as long as no
 * service provider has a metadata_url.
 */
export function createMetadataRefresher(
  deps: RefreshMetadataDeps & {
    registry: RelyingPartyRegistry;
    observer: JobObserver;
    holder: string;
    everyMs?: number;
  },
): { stop(): Promise<void> } {
  const schedule = createSchedule(
    {
      name: 'saml-metadata',
      everyMs: deps.everyMs ?? everyMs,
      body: () => refreshMetadata(deps),
    },
    deps,
  );
  let started = false;
  const startWhenNeeded = () => {
    if (started || !deps.registry.ofProtocol('saml').some(hasUrl)) return;
    started = true;
    schedule.start();
  };
  const unfollow = deps.registry.onChange(startWhenNeeded);
  startWhenNeeded();
  return {
    async stop() {
      unfollow();
      await schedule.stop();
    },
  };
}

const hasUrl = ({ settings }: { settings: unknown }): boolean =>
  (settings as SamlSettings).metadata_url !== undefined;
