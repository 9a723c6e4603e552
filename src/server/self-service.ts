import { Router } from 'express';
import { createAccountPages } from '../account/account-pages.js';
import { withAccountParty } from '../account/account-party.js';
import { createHome } from '../account/home.js';
import { createPasswordPages } from '../account/password-pages.js';
import type { Configuration } from '../config/configuration.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { HomePage } from '../web/page-models.js';
import type { Edge } from './edge.js';
import type { Foundations } from './foundations.js';
import type { SignInParts } from './sign-in.js';
import { withStartLinks } from './start-links.js';

export type DemoHome = HomePage['demo'];

/** The relying parties in force with our own pages among them, as one more that people sign in to. */
export function withOwnPages(registry: RelyingPartyRegistry): RelyingPartyRegistry {
  return withAccountParty(registry);
}

/** People's own pages: home, account, passwords. */
export function createSelfService(
  configuration: Configuration,
  parts: SignInParts & Foundations & Edge & { registry: RelyingPartyRegistry },
  demo: () => DemoHome,
): Router {
  const { publicUrl, organisation, passwords, policy } = configuration;
  const deps = {
    ...parts.phones,
    ...parts,
    publicUrl,
    organisation: organisation.name,
    minPasswordLength: passwords.minLength,
    enrolmentAllowed: policy.enrolment === 'at-sign-in',
    demo,
  };
  const router = Router();
  router.use(createHome({ ...deps, registry: withStartLinks(deps.registry, publicUrl) }));
  router.use(createAccountPages(deps));
  router.use(createPasswordPages(deps));
  return router;
}
