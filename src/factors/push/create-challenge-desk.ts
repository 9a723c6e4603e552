import { browserName } from '../../web/browser-name.js';
import type { Clock } from '../../kernel/clock.js';
import { newPrefixedId } from '../../kernel/prefixed-id.js';
import type { RandomSource } from '../../kernel/random.js';
import type { EphemeralStore } from '../../storage/ephemeral/ephemeral-store.js';
import type { Signals } from '../../storage/ephemeral/signals.js';
import type { Profile } from '../../devices/profile.js';
import type { Person, PersonId } from '../../directory/person.js';
import type { FactorContext } from '../factor.js';
import { spend } from './budget.js';
import type { Challenge } from './challenge.js';
import type { ChallengeStore } from './challenge-store.js';
import { challengeKey, isLive, liveKey } from './challenge-store.js';
import type { ChallengeDesk } from './challenges.js';
import { newNumber } from './new-number.js';
import { pushLimits, type PushSettings } from './push-limits.js';
import { signalTopics } from './signal-topics.js';
import { silenceKey } from './silence.js';

export interface ChallengeDeskDeps {
  store: EphemeralStore;
  challenges: ChallengeStore;
  signals: Signals;
  clock: Clock;
  random: RandomSource;
  settings: Pick<PushSettings, 'challengeMs' | 'numberDigits'>;
  /** What our own pages are called, in a person's language. */
  ownPages: (locale: string | null) => string;
  /** The configured name of the network, or the address. */
  placeOf: (clientAddress: string) => string;
  /** Rings the phones. Must neither throw nor take long. */
  ring: (challenge: Challenge, profiles: readonly Profile[], person: Person) => void;
}

/** Longer than any row of collisions among honest browsers. */
const TRIES = 20;

export function createChallengeDesk(deps: ChallengeDeskDeps): ChallengeDesk {
  const { store, challenges, signals, clock } = deps;

  /** `null`: somebody came between. */
  const tryToOpen = async (
    person: Person,
    profiles: readonly Profile[],
    context: FactorContext,
  ): Promise<Awaited<ReturnType<ChallengeDesk['open']>> | null> => {
    const now = clock.now();
    const known = context.signIn?.knownBrowser === true;
    const keys = [silenceKey(person.id, known), liveKey(person.id), budgetKey(person.id, known)];
    const [silence = null, live = null, spent = null] = await store.read(keys);
    if (silence !== null && Number(silence) > now) {
      return { ok: false, reason: 'silenced', retryAt: Number(silence) };
    }
    const before = await challenges.find(live);
    const replaced = before !== null && isLive(before.challenge, now) ? before : null;
    const ownerWaits =
      replaced !== null &&
      replaced.challenge.knownBrowser &&
      replaced.challenge.signIn !== context.signIn?.id;
    if (ownerWaits && !known) {
      return { ok: false, reason: 'busy', retryAt: replaced.challenge.expiresAt };
    }
    const budget = spend(spent, now);
    if (!budget.ok) return { ok: false, reason: 'over-budget', retryAt: budget.retryAt };

    const challenge = newChallenge(deps, person, profiles, context, now);
    const { windowMs, pauseMs } = pushLimits.budget;
    const ttlMs = deps.settings.challengeMs;
    const written = await store.commit(
      [
        challenges.writeOf(challenge),
        { kind: 'set', key: keys[1]!, value: challenge.id, ttlMs },
        {
          kind: 'set',
          key: keys[2]!,
          value: JSON.stringify(budget.budget),
          ttlMs: Math.max(windowMs, pauseMs),
        },
        ...(replaced === null ? [] : [challenges.writeOf(withdrawn(replaced.challenge))]),
      ],
      [
        { key: keys[1]!, expected: live },
        { key: keys[2]!, expected: spent },
        ...(replaced === null
          ? []
          : [{ key: challengeKey(replaced.challenge.id), expected: replaced.value }]),
      ],
    );
    if (!written) return null;
    if (replaced !== null) await signals.send(signalTopics.challenge(replaced.challenge.id));
    await nudgeInboxes(signals, challenge);
    deps.ring(challenge, profiles, person);
    return { ok: true, challenge };
  };

  return {
    async open(person, profiles, context) {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const outcome = await tryToOpen(person, profiles, context);
        if (outcome !== null) return outcome;
      }
      return { ok: false, reason: 'busy', retryAt: clock.now() + 1_000 };
    },

    find: async (id) => (await challenges.find(id))?.challenge ?? null,

    async use(challenge) {
      const used = await challenges.update(challenge.id, (current) =>
        current.state.kind === 'approved' ? { ...current, state: { kind: 'used' } } : null,
      );
      return used !== null;
    },

    async withdraw(id) {
      const gone = await challenges.update(id, (current) =>
        isLive(current, clock.now()) ? withdrawn(current) : null,
      );
      if (gone === null) return;
      await signals.send(signalTopics.challenge(id));
      await nudgeInboxes(signals, gone);
    },
  };
}

const budgetKey = (person: PersonId, known: boolean): string =>
  `push-budget:${person}:${known ? 'known' : 'other'}`;

export const withdrawn = (challenge: Challenge): Challenge => ({
  ...challenge,
  state: { kind: 'withdrawn' },
});

export async function nudgeInboxes(
  signals: Signals,
  { profiles }: Pick<Challenge, 'profiles'>,
): Promise<void> {
  await Promise.all(profiles.map((profile) => signals.send(signalTopics.inbox(profile))));
}

function newChallenge(
  { random, settings, placeOf, ownPages }: ChallengeDeskDeps,
  person: Person,
  profiles: readonly Profile[],
  { clientAddress, relyingParty, signIn }: FactorContext,
  now: number,
): Challenge {
  return {
    v: 1,
    id: newPrefixedId('chl', random),
    person: person.id,
    profiles: profiles.map(({ id }) => id),
    signIn: signIn?.id ?? '',
    relyingParty,
    service: signIn?.service || ownPages(person.locale),
    place: placeOf(clientAddress),
    browser:
      browserName(signIn?.userAgent ?? '', (browser, system) => `${browser}, ${system}`) ?? '',
    at: now,
    nonce: random.bytes(16).toString('base64url'),
    number: newNumber(random, settings.numberDigits),
    expiresAt: now + settings.challengeMs,
    knownBrowser: signIn?.knownBrowser === true,
    evaluated: [],
    lockedOut: [],
    state: { kind: 'live' },
  };
}
