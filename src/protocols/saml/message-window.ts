import type { AuthnRequest } from '../../saml-core/messages.js';

/** How old a request may be when it comes. */
export const REQUEST_LIFETIME_MS = 5 * 60_000;
/** How far the clock of a service may be ahead of ours. */
export const CLOCK_SKEW_MS = 3 * 60_000;

/** An ID stands in every answer, and is kept until then. */
const LONGEST_ID = 256;

/**
 * Whether a request is meant for this address and for now (SAML 2.0 core, 3.2.1; bindings, 3.4.5.2 and 3.5.5.2).
 * @returns the rule that it breaks, or `null`
 */
export function windowFault(
  message: Pick<AuthnRequest, 'id' | 'destination' | 'issueInstant'>,
  at: { destination: string; signed: boolean; now: number },
): 'id' | 'destination' | 'too-old' | 'in-the-future' | null {
  if (message.id.length > LONGEST_ID) return 'id';
  if (message.destination === null ? at.signed : message.destination !== at.destination) {
    return 'destination';
  }
  if (message.issueInstant < at.now - REQUEST_LIFETIME_MS) return 'too-old';
  return message.issueInstant > at.now + CLOCK_SKEW_MS ? 'in-the-future' : null;
}
