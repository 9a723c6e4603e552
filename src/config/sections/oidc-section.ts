import { z } from 'zod';
import { choice, duration, list, networks, text, textList, yesNo } from '../fields.js';
import { failure, success } from '../../kernel/result.js';

/** A resource that tokens can be asked for (RFC 8707). */
export const oidcResourceShape = {
  identifier: text(
    {
      description: 'What clients name in `resource`, and the audience of its tokens.',
      format: 'absolute URI without fragment',
      example: 'https://api.example.com/payroll',
    },
    (written) => (isResourceUri(written) ? null : 'must be an absolute URI without a fragment'),
  ),
  scopes: list(
    {
      description: 'Scopes that can be asked for at it.',
      format: 'list of scopes',
      example: '[payslips.read]',
    },
    (written) =>
      typeof written === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/.test(written)
        ? success(written)
        : failure({
            problem: 'must be a scope: printable, without spaces, quotes and backslashes',
          }),
  ),
  format: choice({
    description:
      'opaque: the service introspects them, and they end with what they were issued for. jwt: the service checks them itself; they last 5 minutes at most and outlive a revocation by as much.',
    options: ['opaque', 'jwt'],
  }).prefault('opaque'),
};

function isResourceUri(written: string): boolean {
  return URL.canParse(written) && !written.includes('#');
}

export const oidcSection = z.object({
  access_token_lifetime: duration({
    description: 'How long an access token is valid; a relying party may ask for less.',
    min: '30s',
    max: '1d',
  }).prefault('1h'),
  refresh_token_lifetime: duration({
    description:
      'How long refresh tokens are renewed after a sign-in, whatever their use; then the person signs in again.',
    min: '5m',
    max: '90d',
  }).prefault('14d'),
  id_token_lifetime: duration({
    description: 'How long an ID token may be accepted.',
    min: '30s',
    max: '1d',
  }).prefault('1h'),
  code_lifetime: duration({
    description: 'How long an authorization code can be exchanged.',
    min: '5s',
    max: '60s',
  }).prefault('60s'),
  registration: choice({
    description:
      'Whether services may register themselves at /register. token: those that show a token of `npx drawbridge oidc registration-token`; people are always asked before their data goes to them.',
    options: ['off', 'token'],
  }).prefault('off'),
  private_hosts: textList({
    description:
      'Host names of services on private addresses that may be called, for back-channel logout or SAML metadata for instance. Every other private address is refused.',
    format: 'list of host names',
    example: '[payroll.internal]',
  }).prefault([]),
  resources: z.array(z.object(oidcResourceShape)).default([]).meta({
    description: 'Resources that any relying party may ask for tokens for.',
  }),
});

export const metricsSection = z.object({
  enabled: yesNo({ description: 'Whether /metrics answers.' }).prefault(true),
  allow_from: networks({
    description: 'The networks that may read /metrics; none: everybody.',
    example: '[10.0.0.0/8]',
  }).prefault([]),
});
