import { Router, type ErrorRequestHandler } from 'express';
import { activationEndpoints, type ActivationEndpointDeps } from './activation-endpoints.js';
import { sendProblem } from './answers.js';
import { createEndpoint, type EndpointDeps } from './endpoint.js';
import { HELP_DESK_PATH } from './help-desk-resource.js';
import { personEndpoints, type PersonEndpointDeps } from './person-endpoints.js';
import { HelpDeskProblem } from './problem.js';
import { revocationEndpoints, type RevocationEndpointDeps } from './revocation-endpoints.js';
import { createRevocationWatch } from './revocation-watch.js';

export type HelpDeskApiDeps = EndpointDeps &
  PersonEndpointDeps &
  ActivationEndpointDeps &
  RevocationEndpointDeps;

/** Everything below `/api/help-desk`; `docs/help-desk-api.md` is the contract. */
export function createHelpDeskApi(deps: HelpDeskApiDeps): Router {
  const endpoint = createEndpoint(deps);
  const watch = createRevocationWatch(deps);
  const errors: ErrorRequestHandler = async (error: unknown, request, response, next) => {
    if (response.headersSent) next(error);
    else await sendProblem(deps, request, response, error, null);
  };
  const router = Router({ caseSensitive: true, strict: true });
  router.use(activationEndpoints(deps, endpoint, watch));
  router.use(revocationEndpoints(deps, endpoint, watch));
  router.use(personEndpoints(deps, endpoint));
  router.use(HELP_DESK_PATH, () => {
    throw new HelpDeskProblem('not_found');
  });
  router.use(HELP_DESK_PATH, errors);
  return router;
}
