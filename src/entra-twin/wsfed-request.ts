import { uuid } from './saml-request.js';
import type { Surroundings } from './tenant.js';
import { entra } from './wire-names.js';

/** The forms in which Entra's address was recorded: a plain sign-in, a step-up to two factors, and `prompt=login`. */
export const wsFedRequestForms = ['plain', 'step-up', 'prompt-login'] as const;
export type WsFedRequestForm = (typeof wsFedRequestForms)[number];

/** Seconds, as recorded: three days. */
export const recordedMfaMaxAge = 259_200;

export interface WsFedRequest {
  url: string;
  /** Byte for byte what `wctx` says. */
  context: string;
}

/** Where Entra sends a browser. Parameters, their order and their escaping are those of the recordings. */
export function wsFedRequest(
  choices: { form: WsFedRequestForm; passiveSignInUri: string; username: string },
  { bytes }: Surroundings,
): WsFedRequest {
  const request = bytes(240).toString('base64url');
  const options = choices.form === 'plain' ? 'LoginOptions=3&' : '';
  const context = `${options}estsredirect=2&estsrequest=${request}`;
  const common = [
    ['client-request-id', uuid(bytes)],
    ['username', choices.username],
    ['wa', 'wsignin1.0'],
    ['wtrealm', entra.audience],
    ['wctx', context],
  ] as const;
  const asked: Record<WsFedRequestForm, readonly (readonly [string, string])[]> = {
    plain: [],
    'step-up': [
      ['wauth', entra.multipleAuthentication],
      ['mfa_max_age', String(recordedMfaMaxAge)],
    ],
    'prompt-login': [
      ['wfresh', '0'],
      ['wauth', entra.passwordMethod],
    ],
  };
  const behind =
    choices.form === 'plain'
      ? ([
          ['cbcxt', ''],
          ['mkt', ''],
          ['lc', ''],
        ] as const)
      : [];
  const query = [...asked[choices.form], ...common, ...behind]
    .map(([name, value]) => `${name}=${escapeAsEntra(value)}`)
    .join('&');
  const separator = choices.passiveSignInUri.includes('?') ? '&' : '?';
  return { url: `${choices.passiveSignInUri}${separator}${query}`, context };
}

/** Hexadecimal digits in lower case, as .NET writes them. */
const escapeAsEntra = (value: string): string =>
  encodeURIComponent(value).replaceAll(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase());
