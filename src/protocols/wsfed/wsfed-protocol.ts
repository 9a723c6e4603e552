import { Router } from 'express';
import type { Issuer } from '../../issuers/issuers.js';
import type { KeyStore } from '../../keys/key-store.js';
import { createParkedValues } from '../../keys/parked-values.js';
import type { Sealer } from '../../keys/sealer.js';
import type { BrowserVisitor } from '../../logout/browser-visit.js';
import type { RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import type { ParticipantEnder } from '../../sessions/end-session.js';
import { createFederationMetadata } from './issuers/federation-metadata.js';
import { createWsFedIssuers } from './issuers/wsfed-issuers.js';
import { createAnswers } from './issuing/answers.js';
import { createPassiveRoutes, type Asked, type PassiveDeps } from './passive/passive-routes.js';
import { createCleanupVisitor } from './sign-out/cleanup-visitor.js';
import { createCleanedRoute } from './sign-out/sign-out-routes.js';
import { createWsFedParties } from './wsfed-parties.js';

export type WsFedProtocolDeps = Omit<PassiveDeps, 'answers' | 'issuers' | 'parked' | 'parties'> & {
  issuers: readonly Issuer[];
  keys: KeyStore;
  /** Shown where metadata has a name for people. */
  organisation: string;
  registry: RelyingPartyRegistry;
  sealer: Sealer;
};

export interface WsFedProtocol {
  router: Router;
  /** What the end of a session means for this protocol. */
  ender: ParticipantEnder;
  visitor: BrowserVisitor;
  close: () => void;
}

/** WS-Federation 1.2 as an identity provider, for browsers: SAML 1.1 tokens, sign-out, metadata. */
export function createWsFedProtocol(given: WsFedProtocolDeps): WsFedProtocol {
  const issuers = createWsFedIssuers(given);
  const parties = createWsFedParties(given.registry);
  const parked = createParkedValues<Asked>(given, 'wsfed');
  const deps = { ...given, issuers, parties, parked, answers: createAnswers(given) };
  const router = Router();
  router.use(createFederationMetadata(deps));
  router.use(createCleanedRoute(deps));
  router.use(createPassiveRoutes(deps));
  return {
    router,
    // A service keeps its session in the browser's cookies: only a browser can bring the message.
    ender: () => Promise.resolve('visit'),
    visitor: createCleanupVisitor(deps),
    close: parties.close,
  };
}
