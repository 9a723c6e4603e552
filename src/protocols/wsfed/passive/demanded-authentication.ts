import {
  MULTIPLE_AUTHN,
  type AskedAuthentication,
} from '../../../sessions/asserted-authentication.js';
import type { Parameters } from './parameter-names.js';

/** What `wauth` may ask for, and what it comes to. */
const methods: Readonly<Record<string, AskedAuthentication['method']>> = {
  [MULTIPLE_AUTHN]: 'multi-factor',
  'http://schemas.microsoft.com/claims/wiaormultiauthn': 'multi-factor',
  'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password': 'password',
  'urn:oasis:names:tc:SAML:1.0:am:password': 'password',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:Password': 'password',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport': 'password',
  'urn:oasis:names:tc:SAML:1.0:am:unspecified': 'any',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified': 'any',
};

export type DemandedAuthentication =
  | { ok: true; asked: AskedAuthentication }
  | { ok: false; refusal: 'request_invalid' | 'strength_unreachable'; detail: string };

/**
 * What a request demands of an authentication: `wauth`, `wfresh` (minutes; 0 is a new sign-in, WS-Federation 1.2,
 * 13.2.2), `mfa_max_age` (seconds), and `prompt=login` as Entra sends it where it is told to.
 */
export function demandedAuthentication(parameters: Parameters): DemandedAuthentication {
  const { wauth = '', wfresh = '', mfa_max_age: mfaMaxAge = '', prompt = '' } = parameters;
  const method = wauth === '' ? 'any' : Object.hasOwn(methods, wauth) ? methods[wauth] : undefined;
  const invalid = (detail: string) => ({ ok: false, refusal: 'request_invalid', detail }) as const;
  const minutes = wholeNumber(wfresh);
  const seconds = wholeNumber(mfaMaxAge);
  if (minutes === undefined) return invalid('wfresh');
  if (seconds === undefined) return invalid('mfa_max_age');
  if (method === undefined) return { ok: false, refusal: 'strength_unreachable', detail: 'wauth' };
  return {
    ok: true,
    asked: {
      method,
      force: minutes === 0 || prompt.split(' ').includes('login'),
      maxAge: minutes === null ? null : minutes * 60_000,
      multiFactorMaxAge: seconds === null ? null : seconds * 1_000,
    },
  };
}

/** `null` for none, `undefined` for what is none. */
function wholeNumber(text: string): number | null | undefined {
  if (text === '') return null;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
