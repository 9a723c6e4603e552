import type { JobObserver } from '../jobs/job-observer.js';
import { createFetchMetadata } from '../protocols/saml/partners/fetch-metadata.js';
import { createMetadataRefresher } from '../protocols/saml/partners/metadata-refresher.js';
import type { ManagedPartnerDirectory } from '../protocols/saml/partners/partner-directory.js';
import { watchMetadata } from '../protocols/saml/partners/watch-metadata.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { Foundations } from './foundations.js';

/** Keeps the metadata of service providers fresh, and tells when somebody has to see to it. */
export function keepPartnerMetadata(
  base: Foundations,
  deps: {
    registry: RelyingPartyRegistry;
    directory: ManagedPartnerDirectory;
    observer: JobObserver;
    /** Host names on private addresses that metadata may be fetched from. */
    privateHosts: readonly string[];
  },
): { stop(): Promise<void> } {
  const refresher = createMetadataRefresher({
    ...base,
    ...deps,
    fetchMetadata: createFetchMetadata(deps),
  });
  const watch = watchMetadata({ ...base, ...deps });
  return {
    async stop() {
      watch.stop();
      await refresher.stop();
    },
  };
}
