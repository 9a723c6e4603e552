import { Router } from 'express';
import type { RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import { prepareToReceive } from '../../saml-core/receive-message.js';
import type { PageSender } from '../../web/send-page.js';
import type { Sealer } from '../../keys/sealer.js';
import { createMetadataRoutes } from './entities/metadata-routes.js';
import { createAnswers } from './issuing/answers.js';
import type { ArriveDeps } from './sso/arrive.js';
import { createParkedFlows } from './sso/parked-flows.js';
import { createSsoRoutes } from './sso/sso-routes.js';

export interface SamlProtocolDeps extends Omit<ArriveDeps, 'answers'> {
  pages: PageSender;
  registry: RelyingPartyRegistry;
  sealer: Sealer;
  /** The parser could not be loaded; tried again with the first message. */
  onError: (error: unknown) => void;
}

export interface SamlProtocol {
  router: Router;
  close: () => void;
}

/** SAML 2.0 as an identity provider: single sign-on of service providers, by their request or from our side. */
export function createSamlProtocol(deps: SamlProtocolDeps): SamlProtocol {
  const answers = createAnswers(deps);
  const router = Router();
  router.use(createMetadataRoutes(deps));
  router.use(createSsoRoutes({ ...deps, answers, parked: createParkedFlows(deps) }));

  // The parser takes a moment and memory: it is loaded ahead of the first message, but only where one may come.
  const prepare = () => {
    if (deps.registry.ofProtocol('saml').length > 0) prepareToReceive().catch(deps.onError);
  };
  prepare();
  return { router, close: deps.registry.onChange(prepare) };
}
