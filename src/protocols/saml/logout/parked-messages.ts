import { createParkedValues, type ParkedValues } from '../../../keys/parked-values.js';
import type { TrustedMessage } from './logout-message.js';

export type ParkedMessages = ParkedValues<TrustedMessage>;

/** What posted logout messages came to, until their browser comes back with its cookies. */
export function createParkedMessages(
  deps: Parameters<typeof createParkedValues>[0],
): ParkedMessages {
  return createParkedValues<TrustedMessage>(deps, 'saml:logout');
}
