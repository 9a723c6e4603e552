import type { FailureReason } from '../../../audit/failure-reasons.js';
import type { WsFedIssuers } from '../issuers/wsfed-issuers.js';
import { isReplyUrl } from '../reply-url.js';
import type { WsFedParties, WsFedParty } from '../wsfed-parties.js';
import { demandedAuthentication } from './demanded-authentication.js';
import type { Parameters } from './parameter-names.js';
import type { PassiveFlow } from './passive-flow.js';
import { timeFault } from './request-time.js';

/** Nothing is sent anywhere: the protocol has no answer for failures, and the person is told on a page of ours. */
export interface RefusedSignIn {
  outcome: 'refused';
  reason: FailureReason;
  /** Exact, for the audit row. */
  detail: string;
  relyingParty: string | null;
}

export type ReceivedSignIn = RefusedSignIn | { outcome: 'accepted'; flow: PassiveFlow };

/** Longest `wctx` that is carried, in bytes. */
const LONGEST_CONTEXT = 4096;
const LONGEST_HINT = 256;

/**
 * From the parameters of `wsignin1.0` to a flow (WS-Federation 1.2, 13.2). Realm and address are compared byte by byte.
 * @param at.issuer id of the issuer of ours that the request came to
 */
export function receiveSignIn(
  deps: { parties: WsFedParties; issuers: WsFedIssuers },
  parameters: Parameters,
  at: { issuer: string; isDefault: boolean; now: number },
): ReceivedSignIn {
  const { wtrealm = '', wctx, wct, whr = '' } = parameters;
  const found = deps.parties.byRealm(wtrealm);
  const relyingParty = found?.party.id ?? null;
  const refused = (reason: FailureReason, detail: string): RefusedSignIn => ({
    outcome: 'refused',
    reason,
    detail,
    relyingParty,
  });
  if (wtrealm === '') return refused('request_invalid', 'no-wtrealm');
  if (found?.party.enabled !== true) {
    return refused('unknown_relying_party', found === null ? 'wtrealm' : 'disabled');
  }
  const issuer = issuerFor(found, at, whr, deps.issuers);
  if (issuer === 'other-issuer') return refused('unknown_relying_party', 'other-issuer');
  if (issuer === 'other-home-realm') return refused('request_invalid', 'whr');
  const reply = chosenReply(found, parameters.wreply);
  if (reply === null) return refused('redirect_not_registered', 'wreply');
  const isTooLong = wctx !== undefined && Buffer.byteLength(wctx) > LONGEST_CONTEXT;
  if (isTooLong) return refused('request_invalid', 'wctx');
  const fault = timeFault(wct, at.now);
  if (fault !== null) return refused('request_invalid', fault);
  const demanded = demandedAuthentication(parameters);
  if (!demanded.ok) return refused(demanded.refusal, demanded.detail);
  return {
    outcome: 'accepted',
    flow: {
      v: 1,
      party: found.party.id,
      issuer: issuer.id,
      reply,
      context: wctx ?? null,
      asked: demanded.asked,
      loginHint: hintOf(parameters),
    },
  };
}

/** Only ever a registered address, the first one unasked. */
export function chosenReply({ settings }: WsFedParty, wreply = ''): string | null {
  const registered = settings.reply_urls.filter(isReplyUrl);
  return (wreply === '' ? registered[0] : registered.find((url) => url === wreply)) ?? null;
}

/** Which issuer answers. Where the person's domain decides, an address or a home realm can name it beforehand. */
function issuerFor(
  { settings }: WsFedParty,
  at: { issuer: string; isDefault: boolean },
  homeRealm: string,
  issuers: WsFedIssuers,
): { id: string | null } | 'other-issuer' | 'other-home-realm' {
  const { issuer: own, issuer_by_domain: byDomain } = settings;
  if (!byDomain && at.issuer !== own) return 'other-issuer';
  const cameTo = byDomain && at.isDefault ? null : at.issuer;
  if (homeRealm === '') return { id: cameTo };
  const meant = issuers.ofHomeRealm(homeRealm);
  return meant !== null && (cameTo === null || cameTo === meant)
    ? { id: meant }
    : 'other-home-realm';
}

function hintOf({ username = '', login_hint: loginHint = '' }: Parameters): string | null {
  const hint = username === '' ? loginHint : username;
  return hint === '' || hint.length > LONGEST_HINT ? null : hint;
}
