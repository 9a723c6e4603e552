import type { AskedAuthentication } from '../../../sessions/asserted-authentication.js';

/**
 * What one entry into a relying party needs from its beginning to its answer. JSON: it is parked, and travels in the
 * record of a sign-in. Everything in it has passed the checks of a request.
 */
export interface PassiveFlow {
  v: 1;
  /** Id of the relying party. */
  party: string;
  /** Id of the issuer of ours that answers; `null`: the one that speaks for the person's domain. */
  issuer: string | null;
  /** Where the answer is posted; registered when the request came, and looked up again when it is sent. */
  reply: string;
  /** `wctx`, which is the relying party's own affair. */
  context: string | null;
  asked: AskedAuthentication;
  loginHint: string | null;
}
