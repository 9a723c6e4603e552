import { createParkedValues, type ParkedValues } from '../../keys/parked-values.js';
import type { AuthorizeRequest } from './authorize-request.js';
import type { HintedAccount } from './verify-hint.js';

/** What a request came to: everything in it has passed the checks. JSON. */
export interface SecondFactorFlow {
  v: 1;
  /** Id of the relying party. */
  party: string;
  clientId: string;
  request: Omit<AuthorizeRequest, 'hint'>;
  account: HintedAccount;
  /** Milliseconds since the epoch; Entra counts from about here. */
  receivedAt: number;
}

export type ParkedRequests = ParkedValues<SecondFactorFlow>;

export function createParkedRequests(
  deps: Parameters<typeof createParkedValues>[0],
): ParkedRequests {
  return createParkedValues<SecondFactorFlow>(deps, 'external-mfa');
}
