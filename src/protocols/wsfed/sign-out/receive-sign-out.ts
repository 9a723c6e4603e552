import type { Parameters } from '../passive/parameter-names.js';
import { chosenReply } from '../passive/receive-sign-in.js';
import { isReplyUrl } from '../reply-url.js';
import type { WsFedParties } from '../wsfed-parties.js';

/** What a `wsignout1.0` comes to. JSON: it is parked where it was posted. */
export interface AskedSignOut {
  /** Id of the relying party that asks; `null`: it does not say, or it is nobody we know. */
  party: string | null;
  /** Where people go afterwards; registered. */
  reply: string | null;
  /** It wanted them to go where nothing is registered. */
  strayed: boolean;
}

/**
 * Reads `wsignout1.0` (WS-Federation 1.2, 13.2.4). Who asks cannot be proved, so it decides nothing but where people go
 * afterwards, and there only registered addresses count.
 */
export function receiveSignOut(
  parties: WsFedParties,
  { wtrealm = '', wreply = '' }: Parameters,
): AskedSignOut {
  const named = wtrealm === '' ? null : parties.byRealm(wtrealm);
  const asker = named?.party.enabled === true ? named : null;
  if (wreply === '') return { party: asker?.party.id ?? null, reply: null, strayed: false };
  const owner = wtrealm === '' ? parties.byReplyUrl(wreply) : asker;
  const reply = owner !== null && isReplyUrl(wreply) ? chosenReply(owner, wreply) : null;
  return { party: owner?.party.id ?? null, reply, strayed: reply === null };
}
