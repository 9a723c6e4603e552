import { createParkedValues, type ParkedValues } from '../../../keys/parked-values.js';
import type { AuthnFlow } from './authn-flow.js';

export type ParkedFlows = ParkedValues<AuthnFlow>;

/** What posted requests came to, until their browser comes back with its cookies. */
export function createParkedFlows(deps: Parameters<typeof createParkedValues>[0]): ParkedFlows {
  return createParkedValues<AuthnFlow>(deps, 'saml');
}
