import { demandedClaims } from './claims-request.js';
import type { ExternalMfaSettings } from './external-mfa-settings.js';
import { factorsFor } from './factor-methods.js';
import { cloudOfRedirect, type CloudName, type MicrosoftClouds } from './microsoft-clouds.js';

/** A request whose answer may be posted. */
export interface AuthorizeRequest {
  cloud: CloudName;
  redirectUri: string;
  /** Byte for byte; `null`: none was sent. */
  state: string | null;
  nonce: string;
  hint: string;
  /** `null`: any. */
  amrs: readonly string[] | null;
  /** Factors that can be answered for. */
  factors: readonly string[];
}

export type ReadRequest =
  | { outcome: 'asked'; request: AuthorizeRequest }
  /** It is not known to be from Entra, so nothing goes there. */
  | {
      outcome: 'refused';
      reason: 'request_invalid' | 'redirect_not_registered';
      detail: string;
    }
  /** Where to answer is certain, but it cannot be served. */
  | {
      outcome: 'posted';
      redirectUri: string;
      state: string | null;
      error: 'invalid_request' | 'access_denied';
      detail: string;
    };

/** Longest that is echoed or kept. */
const LONGEST = 4096;

/**
 * Reads what Entra posts: client and address first, because only then an error can go back. Parameters that mean
 * nothing here (`client-request-id` and whatever comes up) are let be.
 */
export function readAuthorizeRequest(
  fields: Readonly<Record<string, string>>,
  settings: Pick<ExternalMfaSettings, 'client_id' | 'cloud'>,
  clouds: MicrosoftClouds,
): ReadRequest {
  const refused = (
    detail: string,
    reason: 'request_invalid' | 'redirect_not_registered' = 'request_invalid',
  ): ReadRequest => ({ outcome: 'refused', reason, detail });
  if (fields['client_id'] !== settings.client_id) return refused('client-id');
  const redirectUri = fields['redirect_uri'] ?? '';
  const cloud = cloudOfRedirect(clouds, redirectUri);
  if (cloud === null || (settings.cloud !== undefined && settings.cloud !== cloud)) {
    return refused('redirect-uri', 'redirect_not_registered');
  }
  const state = fields['state'] ?? null;
  if (state !== null && state.length > LONGEST) return refused('state');
  const posted = (
    detail: string,
    error: 'invalid_request' | 'access_denied' = 'invalid_request',
  ): ReadRequest => ({ outcome: 'posted', redirectUri, state, error, detail });

  if (fields['response_type'] !== 'id_token') return posted('response-type');
  if (fields['response_mode'] !== 'form_post') return posted('response-mode');
  if (!(fields['scope'] ?? '').split(' ').includes('openid')) return posted('scope');
  const nonce = fields['nonce'] ?? '';
  if (nonce === '' || nonce.length > LONGEST) return posted('nonce');
  const hint = fields['id_token_hint'] ?? '';
  if (hint === '') return posted('no-hint');
  const claims = demandedClaims(fields['claims'] ?? '');
  if (claims === 'malformed') return posted('claims');
  if (claims === 'impossible') return posted('acr', 'access_denied');
  const { amrs } = claims;
  const factors = factorsFor(amrs);
  if (factors.length === 0) return posted('amr', 'access_denied');
  return {
    outcome: 'asked',
    request: { cloud, redirectUri, state, nonce, hint, amrs, factors },
  };
}
