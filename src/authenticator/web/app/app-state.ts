import type { InboxAnswer, InboxChallenge } from '../../wire.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import type { Route } from './route.js';

/** A line at the top of the start page, until it is dismissed. */
export interface Notice {
  kind: 'revoked' | 'removed' | 'refused' | 'expired' | 'code-unreadable' | 'added';
  who: string;
}

export interface Contact {
  /** `null`: not known yet. */
  reached: boolean | null;
  challenges: readonly InboxChallenge[];
  push: 'registered' | 'none' | null;
}

/** Everything the screens show. Holds no PIN and nothing made from one. */
export interface AppState {
  profiles: readonly StoredProfile[];
  contacts: Readonly<Record<string, Contact>>;
  route: Route;
  /** From a link, a QR code or typing; in memory only. */
  activationCode: string | null;
  /** What a notification was about, until its request arrives. */
  expected: string | null;
  /** Requests that were seen to: they do not open by themselves again. */
  handled: readonly string[];
  notices: readonly Notice[];
}

export type AppEvent =
  | { kind: 'profiles'; profiles: readonly StoredProfile[] }
  | { kind: 'moved'; route: Route }
  | { kind: 'activation-code'; code: string | null }
  | { kind: 'expecting'; challenge: string }
  | { kind: 'inbox'; profile: string; answer: InboxAnswer }
  | { kind: 'no-contact'; profile: string }
  | { kind: 'gone'; profile: string; notice: Notice }
  | { kind: 'handled'; challenge: string }
  | { kind: 'notice'; notice: Notice }
  | { kind: 'notices-read' };

export const startState: AppState = {
  profiles: [],
  contacts: {},
  route: { at: 'home' },
  activationCode: null,
  expected: null,
  handled: [],
  notices: [],
};

const unknown: Contact = { reached: null, challenges: [], push: null };
export const contactOf = (state: AppState, profile: string): Contact =>
  state.contacts[profile] ?? unknown;

export function reduce(state: AppState, event: AppEvent): AppState {
  switch (event.kind) {
    case 'profiles':
      return withoutStrangers({ ...state, profiles: event.profiles });
    case 'moved':
      return { ...state, route: event.route };
    case 'activation-code':
      return event.code === null
        ? { ...state, activationCode: null }
        : { ...state, activationCode: event.code, route: { at: 'add' } };
    case 'expecting':
      return openWaiting({ ...state, expected: event.challenge });
    case 'inbox': {
      const { challenges, profile } = event.answer;
      const contact: Contact = { reached: true, challenges, push: profile.push };
      return openWaiting({ ...state, contacts: { ...state.contacts, [event.profile]: contact } });
    }
    case 'no-contact': {
      const contact: Contact = { ...contactOf(state, event.profile), reached: false };
      return { ...state, contacts: { ...state.contacts, [event.profile]: contact } };
    }
    case 'gone': {
      const profiles = state.profiles.filter(({ id }) => id !== event.profile);
      return withoutStrangers({ ...state, profiles, notices: [...state.notices, event.notice] });
    }
    case 'handled':
      return { ...state, handled: [...state.handled, event.challenge] };
    case 'notice':
      return { ...state, notices: [...state.notices, event.notice] };
    case 'notices-read':
      return { ...state, notices: [] };
  }
}

/** Requests that wait for an answer, the oldest first. */
export const waitingChallenges = (state: AppState): InboxChallenge[] =>
  state.profiles
    .filter(({ stage }) => stage === 'active')
    .flatMap(({ id }) => contactOf(state, id).challenges)
    .filter(({ id }) => !state.handled.includes(id))
    .sort((a, b) => a.at - b.at);

/** A request to a profile that can approve it opens by itself on the start page, or where a notification called for it; nobody is torn out of typing a PIN. */
function openWaiting(state: AppState): AppState {
  const waiting = waitingChallenges(state);
  const called = waiting.find(({ id }) => id === state.expected);
  const isUsable = (profile: string) =>
    state.profiles.some(({ id, locked }) => id === profile && !locked);
  const first = waiting.find(({ profile }) => isUsable(profile));
  const next = called ?? (state.route.at === 'home' ? first : undefined);
  if (next === undefined) return state;
  const route: Route = { at: 'approve', profile: next.profile, challenge: next.id };
  return { ...state, route, expected: called === undefined ? state.expected : null };
}

/** Nobody stays on a screen of a profile that is not there any more. */
function withoutStrangers(state: AppState): AppState {
  const { route, profiles } = state;
  const isLost = 'profile' in route && !profiles.some(({ id }) => id === route.profile);
  return isLost ? { ...state, route: { at: 'home' } } : state;
}
