import { Router } from 'express';
import type { RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import { prepareToReceive } from '../../saml-core/receive-message.js';
import { createMetadataRoutes } from './entities/metadata-routes.js';
import { createAnswers } from './issuing/answers.js';
import {
  createSamlLogout,
  type SamlLogout,
  type SamlLogoutDeps,
} from './logout/create-saml-logout.js';
import type { ArriveDeps } from './sso/arrive.js';
import { createParkedFlows } from './sso/parked-flows.js';
import { createSsoRoutes } from './sso/sso-routes.js';

export type SamlProtocolDeps = Omit<ArriveDeps, 'answers'> &
  SamlLogoutDeps & {
    registry: RelyingPartyRegistry;
    /** Whether the parser is loaded as soon as there is a service provider, or only when a message comes. */
    loadAhead: boolean;
    /** The parser could not be loaded; tried again with the first message. */
    onError: (error: unknown) => void;
  };

export interface SamlProtocol {
  router: Router;
  /** What the end of a session means for this protocol. */
  logout: Omit<SamlLogout, 'router'>;
  close: () => void;
}

/** SAML 2.0 as an identity provider: single sign-on of service providers, by their request or from our side. */
export function createSamlProtocol(deps: SamlProtocolDeps): SamlProtocol {
  const answers = createAnswers(deps);
  const router = Router();
  router.use(createMetadataRoutes(deps));
  router.use(createSsoRoutes({ ...deps, answers, parked: createParkedFlows(deps) }));
  const { router: logoutRoutes, ...logout } = createSamlLogout(deps);
  router.use(logoutRoutes);

  // The parser takes a moment and memory: it is loaded ahead of the first message, but only where one may come.
  const prepare = () => {
    if (!deps.loadAhead || deps.registry.ofProtocol('saml').length === 0) return;
    prepareToReceive().catch(deps.onError);
  };
  prepare();
  return { router, logout, close: deps.registry.onChange(prepare) };
}
