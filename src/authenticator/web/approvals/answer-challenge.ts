import type { ApprovalDecision, ApprovalPayload } from '../../../devices/wire/approval-payload.js';
import {
  apiPaths,
  type AnswerAnswer,
  type AnswerRequest,
  type EvaluateAnswer,
  type InboxChallenge,
} from '../../wire.js';
import { signWithApprovalKey } from '../crypto/derive.js';
import { signWith } from '../crypto/device-keys.js';
import { signText } from '../crypto/sign-text.js';
import { withApprovalKey, withPin, type Stretch } from '../pin/pin-keys.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import type { SignedRequests } from '../requests/signed-requests.js';

export interface AnswerDeps {
  requests: SignedRequests;
  stretch: Stretch;
}

/** A lost answer is asked for again for this long. */
const patienceMs = 20_000;

/** Told when an evaluation has cost a strike. */
export type OnStrikesLeft = (left: number | undefined) => void;

/** @throws RequestFailed `refused` for a wrong PIN or number, whichever it was */
export function approve(
  deps: AnswerDeps,
  profile: StoredProfile,
  challenge: InboxChallenge,
  typed: { number: string; pin: string },
  onStrikesLeft: OnStrikesLeft,
): Promise<AnswerAnswer> {
  const evaluate = (body: object) =>
    deps.requests.send<EvaluateAnswer>(profile.id, {
      method: 'POST',
      path: apiPaths.evaluate(challenge.id),
      body: () => body,
      patienceMs,
    });
  return withPin(deps.stretch, profile, typed.pin, (x) =>
    withApprovalKey(x, evaluate, (key, { strikesLeft }) => {
      onStrikesLeft(strikesLeft);
      return answer(deps, profile, challenge, { decision: 'approve', number: typed.number, key });
    }),
  );
}

/** Needs no PIN. */
export const turnDown = (
  deps: AnswerDeps,
  profile: StoredProfile,
  challenge: InboxChallenge,
  decision: 'deny' | 'not_me',
): Promise<AnswerAnswer> => answer(deps, profile, challenge, { decision, number: null, key: null });

function answer(
  deps: AnswerDeps,
  profile: StoredProfile,
  challenge: InboxChallenge,
  what: { decision: ApprovalDecision; number: string | null; key: Uint8Array | null },
): Promise<AnswerAnswer> {
  const { id, relyingParty, service, place, browser, at, nonce } = challenge;
  const { decision, number, key } = what;
  return deps.requests.send<AnswerAnswer>(profile.id, {
    method: 'POST',
    path: apiPaths.answer(id),
    patienceMs,
    body: async (seq): Promise<AnswerRequest> => {
      const shown = { relyingParty, service, place, browser, at, nonce };
      const payload: ApprovalPayload = {
        challenge: id,
        profile: profile.id,
        ...shown,
        number,
        decision,
        seq,
      };
      const text = { profile: profile.id, payload };
      const device = await signText(
        { ...text, use: 'approval-by-device' },
        signWith(profile.signing),
      );
      if (key === null) return { device };
      const byKey = (data: Uint8Array) => signWithApprovalKey(key, data);
      const approval = await signText({ ...text, use: 'approval-by-approval-key' }, byKey);
      return { device, approval };
    },
  });
}
