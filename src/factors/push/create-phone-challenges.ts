import { evaluateBlinded } from '../../devices/crypto/oprf.js';
import { readSignedText } from '../../devices/crypto/read-signed-text.js';
import type { Profile } from '../../devices/profile.js';
import { fromBase64url } from '../../devices/wire/base64url.js';
import type { SignedContext, ApprovalPayload } from '../../devices/wire/approval-payload.js';
import type { Clock } from '../../kernel/clock.js';
import type { Sealer } from '../../keys/sealer.js';
import { sealingContext } from '../../keys/sealing-context.js';
import type { EphemeralStore } from '../../storage/ephemeral/ephemeral-store.js';
import type { Signals } from '../../storage/ephemeral/signals.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { Challenge, ChallengeState } from './challenge.js';
import type { ChallengeStore } from './challenge-store.js';
import { isLive, type StoredChallenge } from './challenge-store.js';
import type { AnswerOutcome, ApprovalStrikes, PhoneChallenges } from './challenges.js';
import { nudgeInboxes } from './create-challenge-desk.js';
import { pushLimits } from './push-limits.js';
import { readApproval } from './read-approval.js';
import { signalTopics } from './signal-topics.js';
import { silencedBy } from './silence.js';

export interface PhoneChallengesDeps {
  database: SqlDatabase;
  store: EphemeralStore;
  challenges: ChallengeStore;
  strikes: ApprovalStrikes;
  signals: Signals;
  sealer: Sealer;
  clock: Clock;
  /** Tells person and help desk; the answer does not wait for what fails here. */
  tell: {
    locked(profile: Profile, clientAddress?: string): Promise<void>;
    notMe(profile: Profile, challenge: Challenge, clientAddress: string): Promise<void>;
  };
}

export function createPhoneChallenges(deps: PhoneChallengesDeps): PhoneChallenges {
  const { challenges, strikes, clock } = deps;

  return {
    async pending(profile) {
      const latest = (await challenges.latestOf(profile.person))?.challenge ?? null;
      await tellOfOldLock(deps, profile, latest);
      if (latest === null || !isFor(latest, profile, clock.now())) return [];
      const { challenge: id, ...shown } = signedContext(latest, profile);
      const { expiresAt, number } = latest;
      return [{ id: id as Challenge['id'], ...shown, expiresAt, digits: number.length }];
    },

    async evaluate(profile, id, blinded) {
      if (profile.lockedAt !== null) {
        await deps.tell.locked(profile);
        return { ok: false, error: 'locked' };
      }
      const stored = await challenges.find(id);
      if (stored === null || !isFor(stored.challenge, profile, clock.now())) {
        return { ok: false, error: 'not_found' };
      }
      if (evaluateBlinded(anyKey, blinded) === null) return { ok: false, error: 'point_invalid' };
      const charged = await strikes.charge(profile.id, clock.now());
      if (charged === null) {
        await deps.tell.locked(profile);
        return { ok: false, error: 'locked' };
      }
      const evaluated = await evaluateFor(deps, profile, blinded);
      if (evaluated === null) return { ok: false, error: 'locked' };
      const noted = await challenges.update(id, (current) =>
        isFor(current, profile, clock.now())
          ? { ...current, evaluated: [...new Set([...current.evaluated, profile.id])] }
          : null,
      );
      if (noted === null) return { ok: false, error: 'not_found' };
      return { ok: true, evaluated, strikesLeft: charged.strikesLeft };
    },

    async answer(profile, id, answer, from) {
      for (;;) {
        const outcome = await answerOnce(deps, profile, id, answer, from);
        if (outcome !== 'again') return outcome;
      }
    },
  };
}

/**
 * Whoever uses the strikes up and answers nothing is noticed too, once the last evaluation can no longer be answered.
 * Only soon after the lock: `tell` remembers for a day whom it has told.
 */
async function tellOfOldLock(
  { tell, clock }: PhoneChallengesDeps,
  profile: Profile,
  latest: Challenge | null,
): Promise<void> {
  const { id, lockedAt } = profile;
  const now = clock.now();
  if (lockedAt === null || now - lockedAt > pushLimits.lockToldWithinMs) return;
  const isOpen = latest !== null && isLive(latest, now) && latest.evaluated.includes(id);
  // The lock is undone a moment after the approval is noted.
  const isApproved = latest?.state.kind === 'approved' || latest?.state.kind === 'used';
  if (!isOpen && !isApproved) await tell.locked(profile);
}

/** A scalar of no profile, to see that a point is one before a strike is charged. */
const anyKey = Uint8Array.from({ length: 32 }, () => 1);

async function evaluateFor(
  { database, sealer }: PhoneChallengesDeps,
  profile: Profile,
  blinded: Uint8Array,
): Promise<Uint8Array | null> {
  const row = await database.db
    .selectFrom('profiles')
    .select('oprf_key_sealed')
    .where('id', '=', profile.id)
    .executeTakeFirst();
  if (!row?.oprf_key_sealed) return null;
  const key = sealer.open(row.oprf_key_sealed, sealingContext.oprfKey(profile.id));
  return evaluateBlinded(key, blinded);
}

/** The order of `docs/authenticator-protocol.md`, section 8. `again`: the challenge changed under the answer. */
async function answerOnce(
  deps: PhoneChallengesDeps,
  profile: Profile,
  id: string,
  answer: { device: string; approval: string | null; seq: number },
  { clientAddress }: { clientAddress: string },
): Promise<AnswerOutcome | 'again'> {
  const { challenges, clock } = deps;
  const now = clock.now();
  const deviceKey = fromBase64url(profile.deviceKey, 65);
  const by = { use: 'approval-by-device', profile: profile.id } as const;
  const signed = deviceKey && readSignedText(answer.device, { ...by, publicKey: deviceKey });
  if (signed === null) return refusal('unauthorized');
  const stored = await challenges.find(id);
  if (stored === null || !stored.challenge.profiles.includes(profile.id)) {
    return refusal('not_found');
  }
  const { challenge } = stored;
  const expected = { ...signedContext(challenge, profile), seq: answer.seq };
  const payload = readApproval(signed.payload, expected);
  const bare = payload !== null && payload.decision !== 'approve';
  if (payload === null || bare !== (answer.approval === null)) return refusal('malformed');
  if (!isLive(challenge, now)) {
    const open = challenge.state.kind === 'live' || challenge.state.kind === 'withdrawn';
    return refusal(open ? 'not_found' : 'used');
  }
  if (payload.decision !== 'approve') {
    return turnDown(deps, profile, stored, payload.decision, clientAddress);
  }
  if (!challenge.evaluated.includes(profile.id)) return refusal('not_evaluated');
  const signedByApproval = isApprovalOf(profile, answer.approval, signed.payloadText);
  return approve(deps, profile, stored, { payload, signedByApproval, clientAddress });
}

async function turnDown(
  deps: PhoneChallengesDeps,
  profile: Profile,
  stored: StoredChallenge,
  decision: 'deny' | 'not_me',
  clientAddress: string,
): Promise<AnswerOutcome | 'again'> {
  const { challenge } = stored;
  const at = deps.clock.now();
  const kind = decision === 'deny' ? 'denied' : 'not-me';
  if (!(await settle(deps, stored, profile, { kind, profile: profile.id, at }))) return 'again';
  if (decision === 'not_me') {
    const ttlMs = pushLimits.silenceAfterNotMeMs;
    const value = String(at + ttlMs);
    const silences = silencedBy(challenge).map((key) => {
      return { kind: 'set', key, ttlMs, value } as const;
    });
    await deps.store.commit(silences);
    await deps.tell.notMe(profile, challenge, clientAddress);
  }
  return { ok: true, state: 'denied' };
}

async function approve(
  deps: PhoneChallengesDeps,
  profile: Profile,
  stored: StoredChallenge,
  given: { payload: ApprovalPayload; signedByApproval: boolean; clientAddress: string },
): Promise<AnswerOutcome | 'again'> {
  const { challenge } = stored;
  const at = deps.clock.now();
  const by = { profile: profile.id, at };
  if (given.payload.number !== challenge.number) {
    const dead = await settle(deps, stored, profile, { kind: 'wrong-number', ...by });
    return dead ? { ok: false, error: 'refused', live: false } : 'again';
  }
  if (!given.signedByApproval) {
    if (!(await settle(deps, stored, profile, { kind: 'live' }))) return 'again';
    if (profile.lockedAt !== null) await deps.tell.locked(profile, given.clientAddress);
    return { ok: false, error: 'refused', live: true };
  }
  if (!(await settle(deps, stored, profile, { kind: 'approved', ...by }))) return 'again';
  await deps.strikes.forgive(profile.id, at);
  await deps.signals.send(signalTopics.challenge(challenge.id));
  await nudgeInboxes(deps.signals, challenge);
  return { ok: true, state: 'approved' };
}

/** One compare-and-set: the evaluation is used up and the outcome noted, or neither. */
async function settle(
  { challenges, signals }: PhoneChallengesDeps,
  stored: StoredChallenge,
  { id, lockedAt }: Profile,
  state: ChallengeState,
): Promise<boolean> {
  const evaluated = stored.challenge.evaluated.filter((profile) => profile !== id);
  const isOut = state.kind === 'live' && lockedAt !== null;
  const lockedOut = [...stored.challenge.lockedOut, ...(isOut ? [id] : [])];
  const next: Challenge = { ...stored.challenge, evaluated, lockedOut, state };
  if (!(await challenges.replace(stored, next))) return false;
  if (state.kind === 'live') {
    if (isOut) {
      await signals.send(signalTopics.challenge(next.id));
      await signals.send(signalTopics.inbox(id));
    }
    return true;
  }
  // An approval is told once its strikes are forgiven.
  if (state.kind === 'approved') return true;
  await signals.send(signalTopics.challenge(next.id));
  await nudgeInboxes(signals, next);
  return true;
}

function isApprovalOf(profile: Profile, text: string | null, payloadText: string): boolean {
  const publicKey = fromBase64url(profile.approvalKey ?? '', 65);
  if (publicKey === null) return false;
  const by = { use: 'approval-by-approval-key', profile: profile.id, publicKey } as const;
  return readSignedText(text, by)?.payloadText === payloadText;
}

const isFor = (challenge: Challenge, { id }: Profile, now: number): boolean =>
  challenge.profiles.includes(id) && isLive(challenge, now);

function signedContext(challenge: Challenge, { id: profile }: Profile): SignedContext {
  const { id, relyingParty, service, place, browser, at, nonce } = challenge;
  return { challenge: id, profile, relyingParty, service, place, browser, at, nonce };
}

const refusal = <Error extends string>(error: Error): { ok: false; error: Error } => ({
  ok: false,
  error,
});
