import type { Router } from 'express';
import type { Configuration } from '../config/configuration.js';
import { createAssistedActivation } from '../devices/assisted-activation.js';
import { createLocalPeopleReader } from '../directory/local/read-people.js';
import { createSecondFactors } from '../factors/second-factors.js';
import { createBudgets } from '../help-desk/budgets.js';
import { createHelpDeskApi } from '../help-desk/create-help-desk-api.js';
import { helpDeskResource } from '../help-desk/help-desk-resource.js';
import type { OidcProtocol } from '../protocols/oidc/oidc-protocol.js';
import type { DependencyWatch } from './dependency-watch.js';
import type { Foundations } from './foundations.js';
import { createHelpDeskMail } from './help-desk-mail.js';
import type { SignInParts } from './sign-in.js';

/** The API for programs of the help desk, with tokens of our own token endpoint. */
export function createHelpDesk(
  configuration: Configuration,
  base: Foundations,
  { phones, clientAddress }: Pick<SignInParts, 'phones' | 'clientAddress'>,
  { readClientToken }: Pick<OidcProtocol, 'readClientToken'>,
  dependencies: Pick<DependencyWatch, 'noticed'>,
): Router {
  const { logger } = base;
  const resource = helpDeskResource(configuration.publicUrl);
  const mailOperators = createHelpDeskMail(configuration, base);
  return createHelpDeskApi({
    ...base,
    ...phones,
    reader: createLocalPeopleReader(base.database),
    secondFactors: createSecondFactors(base),
    assisted: createAssistedActivation({
      ...base,
      desk: phones.activationDesk,
      revocation: phones.revocation,
      sendsMail: true,
      lifetimeMs: configuration.authenticator.activationLifetime,
    }),
    budgets: createBudgets(base),
    protectedGroups: configuration.helpDesk.protectedGroups,
    readToken: (shown) => readClientToken(resource, shown),
    resource: resource.identifier,
    clientAddress,
    tellOperators: (name, detail) => {
      mailOperators(base.database.db, name, detail).catch((error: unknown) => {
        logger.error('help_desk.operators_not_told', { name }, error);
      });
    },
    onError: (error, path) => {
      logger.error('help_desk.failed', { path }, error);
    },
    noticed: (error) => {
      dependencies.noticed(error);
    },
  });
}
