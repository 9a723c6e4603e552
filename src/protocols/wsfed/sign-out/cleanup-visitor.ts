import type { PublicUrl } from '../../../config/public-url.js';
import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { BrowserVisitor } from '../../../logout/browser-visit.js';
import { MICROSOFT_REALM } from '../../../relying-parties/microsoft-365/facts.js';
import type { Participant } from '../../../sessions/session.js';
import { chosenReply } from '../passive/receive-sign-in.js';
import type { WsFedParties } from '../wsfed-parties.js';

/** Where a service sends the browser back to when it has cleaned up; path below the public URL. */
export function cleanedPath(handle: string, party: string, message: string): string {
  return `/wsfed/cleaned/${handle}/${party}/${message}`;
}

/**
 * Tells a service by `wsignoutcleanup1.0` through the browser (WS-Federation 1.2, 13.2.4): at the address where the
 * person's token went, if it is still registered. The message names nobody; what is cleaned up is what this browser has
 * there, so sessions in two browsers are never one.
 */
export function createCleanupVisitor(deps: {
  parties: WsFedParties;
  publicUrl: PublicUrl;
  random: RandomSource;
}): BrowserVisitor {
  const addressOf = ({ relyingParty, state }: Participant): string | null => {
    const served = deps.parties.byRelyingParty(relyingParty);
    if (served?.party.enabled !== true || !served.settings.sign_out_cleanup) return null;
    const { reply } = state;
    const used = typeof reply === 'string' ? chosenReply(served, reply) : null;
    return used ?? chosenReply(served);
  };
  return {
    addressOf,
    areOne: () => false,
    // Whether Entra sends browsers back was never seen.
    comesLast: ({ relyingParty }) =>
      deps.parties.byRelyingParty(relyingParty)?.settings.realm === MICROSOFT_REALM,
    visit([participant], _person, tour) {
      const address = addressOf(participant);
      if (address === null) return Promise.resolve(null);
      const messageId = randomToken(deps.random, 128);
      const path = cleanedPath(tour.handle, participant.relyingParty, messageId);
      const query = new URLSearchParams({
        wa: 'wsignoutcleanup1.0',
        wreply: deps.publicUrl.absolute(path),
      });
      const url = `${address}${address.includes('?') ? '&' : '?'}${query.toString()}`;
      return Promise.resolve({ visit: { kind: 'redirect', url }, messageId });
    },
  };
}
