import type { NameId } from '../../../saml-core/messages.js';
import type { Binding } from './logout-endpoint.js';

/** How a logout request says whose it is. Microsoft alone may use more than `signature`. */
export type LogoutProof = 'signature' | 'sha1-signature' | 'none';

/**
 * A logout request that may be believed; one without proof only as far as it meets the session of the browser that brings
 * it. JSON: it waits for the browser to come with its cookies.
 */
export interface TrustedRequest {
  kind: 'request';
  proof: LogoutProof;
  /** Id of the issuer of ours it came to. */
  issuer: string;
  /** Id of the relying party it is from. */
  party: string;
  id: string;
  nameId: NameId;
  sessionIndexes: readonly string[];
  relayState: string | null;
  binding: Binding;
}

/** What a service answered to a logout request of ours. */
export interface TrustedResponse {
  kind: 'response';
  party: string;
  inResponseTo: string;
  /** It has ended its session, whoever else it could not tell. */
  done: boolean;
  /** The handle of a tour, if it is what we gave it. */
  relayState: string;
}

export type TrustedMessage = TrustedRequest | TrustedResponse;
