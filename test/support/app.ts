import { Secret, TOTP } from 'otpauth';
import type { Clock } from '../../src/kernel/clock.js';
import type { Visit } from './browser.js';

/** An authenticator app that was set up from what an enrolment page shows. */
export interface App {
  secret: string;
  /** What it shows at that moment; now when left out. */
  code(at?: number): string;
}

/** As somebody would who opens the link on their phone. */
export function appFromLink(page: Visit, clock: Clock): App {
  const link = /href="(otpauth:[^"]+)"/.exec(page.body)?.[1] ?? '';
  const secret = new URL(link.replaceAll('&amp;', '&')).searchParams.get('secret') ?? '';
  return appOf(secret, clock);
}

/** As somebody would who types the secret. */
export function appFromText(page: Visit, clock: Clock): App {
  const shown = /<span class="secret">([A-Z2-7 ]+)<\/span>/.exec(page.body)?.[1] ?? '';
  return appOf(shown.replaceAll(' ', ''), clock);
}

function appOf(secret: string, clock: Clock): App {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  return { secret, code: (at = clock.now()) => totp.generate({ timestamp: at }) };
}
