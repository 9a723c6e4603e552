import { apiPaths, type ActivationAnswer, type InboxAnswer } from '../../wire.js';
import { approve, turnDown, type OnStrikesLeft } from '../approvals/answer-challenge.js';
import {
  beginActivation,
  completeActivation,
  keysFor,
  type BegunKeys,
} from '../activation/activate.js';
import { codesFrom, type ShownCodes } from '../codes/shown-codes.js';
import { withCodeSecret, withPin, type Stretch } from '../pin/pin-keys.js';
import type { ProfileStore } from '../profiles/profile-store.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import { createKeepSubscribed } from '../push/keep-subscribed.js';
import { subscriptionLock } from '../push/subscription-from.js';
import { currentSubscription, subscribeToPush, type PushOutcome } from '../push/subscribe.js';
import type { Fetch } from '../requests/exchange.js';
import { RequestFailed } from '../requests/request-failed.js';
import { createSignedRequests } from '../requests/signed-requests.js';
import type { InboxChallenge, SubscriptionRequest } from '../../wire.js';
import type { AppEvent, Notice } from './app-state.js';

/** Everything that screens can set in motion. */
export type Controller = ReturnType<typeof createController>;

export interface ControllerDeps {
  store: ProfileStore;
  fetch: Fetch;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  withLock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  absolute: (path: string) => string;
  stretch: Stretch;
  dispatch: (event: AppEvent) => void;
}

export function createController(deps: ControllerDeps) {
  const { store, dispatch } = deps;

  /** Those that the person is removing: the stream may say that they are revoked before the answer is here. */
  const beingRemoved = new Set<string>();

  async function wipe(id: string, reason: Notice['kind']): Promise<void> {
    const kind = reason === 'revoked' && beingRemoved.has(id) ? 'removed' : reason;
    const profile = await store.get(id);
    if (profile === null || !(await store.remove(id))) return;
    dispatch({ kind: 'gone', profile: id, notice: { kind, who: whoIs(profile) } });
  }

  const requests = createSignedRequests({ ...deps, wipe: (id) => wipe(id, 'revoked') });
  const withRequests = { ...deps, requests };
  const call = (id: string, method: 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object) =>
    requests.send<null>(id, {
      method,
      path,
      repeatable: true,
      ...(body === undefined ? {} : { body: () => body }),
    });

  const register = async (id: string, subscription: SubscriptionRequest): Promise<void> => {
    await call(id, 'PUT', apiPaths.subscription, subscription);
  };
  const keepSubscribed = createKeepSubscribed({
    profiles: () => store.all(),
    current: currentSubscription,
    register,
    now: deps.now,
    alone: (work) => deps.withLock(subscriptionLock, work),
  });
  const subscribed = async (id: string, outcome: PushOutcome): Promise<PushOutcome['kind']> => {
    if (outcome.kind !== 'subscribed') return outcome.kind;
    await register(id, outcome.subscription);
    await store.change(id, () => ({ notify: true }));
    return 'subscribed';
  };

  return {
    requests,
    wipe,

    /** What the server says of a profile, kept for the time without a network. */
    async heard(id: string, answer: InboxAnswer): Promise<void> {
      dispatch({ kind: 'inbox', profile: id, answer });
      const { name, codes, codesLockedUntil, state } = answer.profile;
      const told = { name, codes, codesLockedUntil, locked: state === 'locked' };
      const known = await store.get(id);
      if (known === null) return;
      const isNew = keysOf(told).some((key) => known[key] !== told[key]);
      if (isNew) await store.change(id, () => told);
      void keepSubscribed(id, answer.profile.push).catch(() => {});
    },

    /** Asks once, beside the stream. */
    async refresh(id: string): Promise<void> {
      const answer = await requests.send<InboxAnswer>(id, { method: 'GET', path: apiPaths.inbox });
      await this.heard(id, answer);
    },

    keysFor,
    begin: (
      begun: BegunKeys,
      device: { installation: string; name: string },
      secondSecret: string | null,
    ) => beginActivation(withRequests, begun, device, secondSecret),

    /** A profile that was completed just before the app was ended has its keys already: it waits. */
    async complete(profile: StoredProfile, chosen: { pin: string; codes: boolean }): Promise<void> {
      try {
        await completeActivation(withRequests, profile, chosen);
      } catch (error) {
        if (!(error instanceof RequestFailed) || error.code !== 'state') throw error;
        await store.change(profile.id, () => ({ stage: 'waiting' }));
      }
    },

    /** Asks whether the web page has confirmed. @returns whether it is over, one way or the other */
    async confirmed(id: string): Promise<boolean> {
      const { state } = await requests.send<ActivationAnswer>(id, {
        method: 'GET',
        path: apiPaths.activation,
      });
      if (state === 'waiting') return false;
      if (state === 'active') await store.change(id, () => ({ stage: 'active', draft: null }));
      else await wipe(id, state);
      return true;
    },

    /** An activation that is given up. The server lets it lapse. */
    giveUp: (id: string) => store.remove(id),

    approve: (
      profile: StoredProfile,
      challenge: InboxChallenge,
      typed: { number: string; pin: string },
      onStrikesLeft: OnStrikesLeft,
    ) => approve(withRequests, profile, challenge, typed, onStrikesLeft),
    turnDown: (profile: StoredProfile, challenge: InboxChallenge, decision: 'deny' | 'not_me') =>
      turnDown(withRequests, profile, challenge, decision),

    /** Needs no network, and cannot tell whether the PIN is right. */
    codes: (profile: StoredProfile, pin: string): Promise<ShownCodes> =>
      withPin(deps.stretch, profile, pin, (x) =>
        withCodeSecret(x, (secret) => codesFrom(secret, deps.now() + profile.offset)),
      ),

    async rename(id: string, name: string): Promise<void> {
      await call(id, 'PATCH', apiPaths.profile, { name });
      await store.change(id, () => ({ name }));
    },

    /** Asks the person when they have not been asked yet. */
    async notify(profile: StoredProfile): Promise<PushOutcome['kind']> {
      if (profile.pushKey === null) return 'unavailable';
      return subscribed(profile.id, await subscribeToPush(profile.pushKey));
    },
    async stopNotifying(id: string): Promise<void> {
      // Noted before it is asked for: an inbox that comes in between would have it subscribed anew.
      await store.change(id, () => ({ notify: false }));
      try {
        await call(id, 'DELETE', apiPaths.subscription);
      } catch (error) {
        await store.change(id, () => ({ notify: true }));
        throw error;
      }
    },

    async endCodes(id: string): Promise<void> {
      await call(id, 'DELETE', apiPaths.codes);
      await store.change(id, () => ({ codes: 'disabled' }));
    },

    /** @throws RequestFailed `offline`; then it is still on this device and at the server */
    async remove(id: string): Promise<void> {
      beingRemoved.add(id);
      try {
        await call(id, 'DELETE', apiPaths.profile);
        await wipe(id, 'removed');
      } finally {
        beingRemoved.delete(id);
      }
    },
    /** Without a network: the server still knows it. */
    forget: (id: string) => wipe(id, 'removed'),
  };
}

const keysOf = <Of extends object>(of: Of) => Object.keys(of) as (keyof Of)[];

export const whoIs = ({ person, organisation }: StoredProfile): string =>
  `${person.name} · ${organisation}`;
