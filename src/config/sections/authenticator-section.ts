import { z } from 'zod';
import type { AuthenticatorConfiguration } from '../configuration.js';
import { choice, duration, networks, text, textList, wholeNumber, yesNo } from '../fields.js';

const place = z.object({
  name: text({ description: 'What people call it.', example: 'Head office' }),
  networks: networks({
    description: 'Addresses that are there.',
    example: '[203.0.113.0/24]',
  }),
});

export const authenticatorSection = z.object({
  request_lifetime: duration({
    description: 'How long a request can be approved on the phone.',
    min: '60s',
    max: '5m',
  }).prefault('2m'),
  number_digits: wholeNumber({
    description: 'How many digits the number has that is typed on the phone.',
    min: 2,
    max: 6,
  }).prefault(2),
  offline_codes: yesNo({
    description:
      'Whether phones may show codes without network. Whoever has a copy of a phone’s storage and has seen one code can try PINs at leisure.',
  }).prefault(true),
  revocation_ends: choice({
    options: ['sessions_of_phone', 'all_sessions', 'nothing'],
    description:
      'What ends with a phone that is taken out of use: what was opened with it, everything its person has open, or nothing. A phone that its owner activates anew ends nothing.',
  }).prefault('sessions_of_phone'),
  activation_lifetime: duration({
    description: 'How long a code issued by an administrator can be used to add a phone.',
    min: '10m',
    max: '7d',
  }).prefault('1d'),
  push_services: textList({
    description:
      'Host names of the push services that may be called, `*.` for any name below. Nothing is sent anywhere else.',
    format: 'list of host names',
    example: '[fcm.googleapis.com]',
  }).prefault([
    'fcm.googleapis.com',
    'updates.push.services.mozilla.com',
    '*.push.services.mozilla.com',
    'web.push.apple.com',
    '*.push.apple.com',
    '*.notify.windows.com',
  ]),
  places: z.array(place).prefault([]).meta({
    description:
      'Names of your networks, which phones show as the place a request comes from. Elsewhere they show the address.',
  }),
});

const revocationEnds = {
  sessions_of_phone: 'sessions-of-phone',
  all_sessions: 'all-sessions',
  nothing: 'nothing',
} as const;

export function readAuthenticator(
  written: z.output<typeof authenticatorSection>,
): AuthenticatorConfiguration {
  return {
    requestLifetime: written.request_lifetime,
    numberDigits: written.number_digits,
    offlineCodes: written.offline_codes,
    revocationEnds: revocationEnds[written.revocation_ends],
    activationLifetime: written.activation_lifetime,
    pushServices: written.push_services.map((host) => host.toLowerCase()),
    places: written.places,
  };
}
