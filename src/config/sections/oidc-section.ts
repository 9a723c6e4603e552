import { z } from 'zod';
import { duration, networks, textList, yesNo } from '../fields.js';

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
  private_hosts: textList({
    description:
      'Host names of services on private addresses that may be called, for back-channel logout for instance. Every other private address is refused.',
    format: 'list of host names',
    example: '[payroll.internal]',
  }).prefault([]),
});

export const metricsSection = z.object({
  enabled: yesNo({ description: 'Whether /metrics answers.' }).prefault(true),
  allow_from: networks({
    description: 'The networks that may read /metrics; none: everybody.',
    example: '[10.0.0.0/8]',
  }).prefault([]),
});
