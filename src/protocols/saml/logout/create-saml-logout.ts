import type { Router } from 'express';
import type { AuditLog } from '../../../audit/audit-log.js';
import type { RandomSource } from '../../../kernel/random.js';
import type { Sealer } from '../../../keys/sealer.js';
import type { LogoutAnswerer } from '../../../logout/after-logout.js';
import type { BrowserVisitor } from '../../../logout/browser-visit.js';
import type { ParticipantEnder } from '../../../sessions/end-session.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { ContinueDeps } from './continue-logout.js';
import { createLogoutAnswer, createLogoutAnswerer } from './logout-answer.js';
import { createLogoutRoutes } from './logout-routes.js';
import { createLogoutVisitor } from './logout-visitor.js';
import { createParkedMessages } from './parked-messages.js';
import { createLogoutRefusals, type LogoutRefusals } from './refusals.js';

export interface SamlLogoutDeps extends Omit<ContinueDeps, 'answer' | keyof LogoutRefusals> {
  audit: Pick<AuditLog, 'record'>;
  random: RandomSource;
  sealer: Sealer;
  store: EphemeralStore;
}

export interface SamlLogout {
  /** `/saml/slo` and `/saml/{issuer}/slo`. */
  router: Router;
  ender: ParticipantEnder;
  visitor: BrowserVisitor;
  answerer: LogoutAnswerer;
}

/** Single logout (SAML 2.0 profiles, 4.4), by Redirect and POST, in both directions. */
export function createSamlLogout(deps: SamlLogoutDeps): SamlLogout {
  const answer = createLogoutAnswer(deps);
  return {
    router: createLogoutRoutes({
      ...deps,
      ...createLogoutRefusals(deps),
      answer,
      parked: createParkedMessages(deps),
    }),
    // A service keeps its session in the browser's cookies: only a browser can bring the message.
    ender: () => Promise.resolve('visit'),
    visitor: createLogoutVisitor(deps),
    answerer: createLogoutAnswerer(answer),
  };
}
