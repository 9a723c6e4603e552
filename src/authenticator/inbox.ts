import type { CodeCredentials } from '../devices/code-credentials.js';
import { profileState, type Profile } from '../devices/profile.js';
import type { PhoneChallenges } from '../factors/push/challenges.js';
import type { Clock } from '../kernel/clock.js';
import type { InboxAnswer } from './wire.js';

/** How a profile's codes stand. */
export async function codesOf(
  codes: Pick<CodeCredentials, 'state'>,
  { person, codeCredential }: Profile,
): Promise<{ state: 'enabled' | 'disabled' | 'locked'; lockedUntil: number | null }> {
  const state = codeCredential === null ? null : await codes.state(person, codeCredential);
  if (state === null) return { state: 'disabled', lockedUntil: null };
  const { locked, lockedUntil } = state;
  return { state: locked ? 'locked' : 'enabled', lockedUntil };
}

/** What a phone sees when it looks. */
export async function inboxOf(
  deps: { challenges: PhoneChallenges; codes: Pick<CodeCredentials, 'state'>; clock: Clock },
  profile: Profile,
): Promise<InboxAnswer> {
  const [challenges, codes] = await Promise.all([
    deps.challenges.pending(profile),
    codesOf(deps.codes, profile),
  ]);
  return {
    time: deps.clock.now(),
    profile: {
      state: profileState(profile) === 'locked' ? 'locked' : 'active',
      name: profile.name,
      codes: codes.state,
      codesLockedUntil: codes.lockedUntil,
      push: profile.hasSubscription ? 'registered' : 'none',
    },
    challenges,
  };
}
