import type { Foundations } from '../../src/server/foundations.js';
import { createProtocolSections } from '../../src/server/protocol-sections.js';
import { createLayeredRegistry } from '../../src/relying-parties/registered/layered-registry.js';
import type { RelyingPartyRegistry } from '../../src/relying-parties/relying-party.js';

/** What a test puts in force takes the place of files; what registers itself stands behind it, as in the product. */
export const layeredParties = (files: RelyingPartyRegistry) => (base: Foundations) =>
  createLayeredRegistry({
    ...base,
    files,
    sections: createProtocolSections({ clock: base.clock, refuseExpired: () => false }),
    defaults: { factors: 2, maxAge: null },
    onSkipped: () => {},
    onError: (error) => {
      base.logger.error('relying_parties.failed', {}, error);
    },
  });
