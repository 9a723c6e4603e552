import { Router, type Request } from 'express';
import { activationEndpoints, type ActivationEndpointDeps } from './activation-endpoints.js';
import { apiErrors, jsonAnswer, sendAnswer } from './api-answers.js';
import { ApiRefusal } from './api-request.js';
import { createInboxStreams, type InboxStreamDeps, type InboxStreams } from './inbox-stream.js';
import { createSignedEndpoint, type SignedEndpointDeps } from './signed-endpoint.js';
import { useEndpoints, type UseEndpointDeps } from './use-endpoints.js';
import { apiPaths } from './wire.js';

type Made = 'signed' | 'streams' | 'onError';

export type AuthenticatorApiDeps = SignedEndpointDeps &
  Omit<ActivationEndpointDeps & UseEndpointDeps & InboxStreamDeps, Made> & {
    clientAddress: (request: Request) => string;
    onError: (error: unknown, path: string) => void;
    /** Told of every error, to raise the alarm when a store is away. */
    noticed: (error: unknown) => void;
  };

/** Everything below `/authenticator/api/`; `docs/authenticator-protocol.md` is the contract. */
export function createAuthenticatorApi(deps: AuthenticatorApiDeps): {
  router: Router;
  streams: InboxStreams;
} {
  const signed = createSignedEndpoint(deps);
  const onStreamError = (error: unknown) => {
    deps.noticed(error);
    deps.onError(error, apiPaths.stream);
  };
  const streams = createInboxStreams({ ...deps, signed, onError: onStreamError });
  const router = Router({ caseSensitive: true, strict: true });
  router.get(apiPaths.time, (_request, response) => {
    sendAnswer(response, jsonAnswer({ time: deps.clock.now() }));
  });
  router.use(activationEndpoints({ ...deps, signed }));
  router.use(useEndpoints({ ...deps, signed, streams }));
  router.use('/authenticator/api', () => {
    throw new ApiRefusal('not_found');
  });
  router.use('/authenticator/api', apiErrors(deps));
  return { router, streams };
}
