import type { Request, Router } from 'express';
import type { PublicUrl } from '../../../config/public-url.js';
import { InitialTokens } from './initial-tokens.js';
import { RegisteredClients, type RegisteredClientsDeps } from './registered-clients.js';
import { createRegistrationEndpoint } from './registration-endpoint.js';

/** Services that register themselves, where the configuration lets them. */
export function createRegistration(
  deps: Omit<RegisteredClientsDeps, 'tokens'> & {
    publicUrl: PublicUrl;
    clientAddress: (request: Request) => string;
  },
): { router: Router; prune: (before: number) => Promise<void> } {
  const tokens = new InitialTokens(deps);
  const clients = new RegisteredClients({ ...deps, tokens });
  return {
    router: createRegistrationEndpoint({ ...deps, tokens, clients }),
    prune: (before) => tokens.prune(before),
  };
}
