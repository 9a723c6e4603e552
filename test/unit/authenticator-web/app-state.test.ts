import { describe, expect, test } from '@jest/globals';
import {
  contactOf,
  reduce,
  startState,
  waitingChallenges,
  type AppEvent,
  type AppState,
} from '../../../src/authenticator/web/app/app-state.js';
import type { StoredProfile } from '../../../src/authenticator/web/profiles/stored-profile.js';
import type { InboxAnswer } from '../../../src/authenticator/wire.js';

const anna = 'prf_AAECAwQFBgcICQoLDA0ODw';
const bo = 'prf_BBECAwQFBgcICQoLDA0ODw';
const profile = (id: string, changes: Partial<StoredProfile> = {}) =>
  ({ id, stage: 'active', locked: false, ...changes }) as StoredProfile;
const inbox = (id: string, ...challenges: string[]): AppEvent => ({
  kind: 'inbox',
  profile: id,
  answer: {
    time: 0,
    profile: { state: 'active', name: '', codes: 'enabled', push: 'none' },
    challenges: challenges.map((challenge, at) => ({ id: challenge, profile: id, at })),
  } as unknown as InboxAnswer,
});
const after = (...events: AppEvent[]): AppState => events.reduce(reduce, startState);
const both: AppEvent = { kind: 'profiles', profiles: [profile(anna), profile(bo)] };

describe('a request', () => {
  test('opens by itself on the start page', () => {
    expect(after(both, inbox(anna, 'chl_1')).route).toEqual({
      at: 'approve',
      profile: anna,
      challenge: 'chl_1',
    });
  });

  test('tears nobody out of what they are doing, but is there', () => {
    const typing: AppEvent = { kind: 'moved', route: { at: 'code', profile: bo } };
    const state = after(both, typing, inbox(anna, 'chl_1'));
    expect(state.route).toEqual({ at: 'code', profile: bo });
    expect(waitingChallenges(state).map(({ id }) => id)).toEqual(['chl_1']);
  });

  test('that a notification was about opens wherever somebody is, as soon as it is known', () => {
    const typing: AppEvent = { kind: 'moved', route: { at: 'settings', profile: bo } };
    const expecting: AppEvent = { kind: 'expecting', challenge: 'chl_1' };
    const early = after(both, typing, expecting);
    expect(early.route.at).toBe('settings');
    expect(reduce(early, inbox(anna, 'chl_1')).route.at).toBe('approve');
    expect(after(both, typing, inbox(anna, 'chl_1'), expecting).route.at).toBe('approve');
  });

  test('that was answered does not come back', () => {
    const seen = after(both, inbox(anna, 'chl_1'), { kind: 'handled', challenge: 'chl_1' });
    const home = reduce(seen, { kind: 'moved', route: { at: 'home' } });
    expect(reduce(home, inbox(anna, 'chl_1')).route.at).toBe('home');
  });

  test('to a locked or an unconfirmed profile does not open by itself', () => {
    const locked: AppEvent = { kind: 'profiles', profiles: [profile(anna, { locked: true })] };
    expect(after(locked, inbox(anna, 'chl_1')).route.at).toBe('home');
    const draft: AppEvent = { kind: 'profiles', profiles: [profile(anna, { stage: 'waiting' })] };
    expect(after(draft, inbox(anna, 'chl_1')).route.at).toBe('home');
  });
});

test('a profile that is gone takes its screen along and leaves a notice', () => {
  const settings: AppEvent = { kind: 'moved', route: { at: 'settings', profile: anna } };
  const gone: AppEvent = { kind: 'gone', profile: anna, notice: { kind: 'revoked', who: 'Anna' } };
  const state = after(both, settings, gone);
  expect(state.route).toEqual({ at: 'home' });
  expect(state.profiles.map(({ id }) => id)).toEqual([bo]);
  expect(state.notices).toEqual([{ kind: 'revoked', who: 'Anna' }]);
  expect(reduce(state, { kind: 'notices-read' }).notices).toEqual([]);
});

test('contact is lost and found again', () => {
  const lost = after(both, inbox(anna), { kind: 'no-contact', profile: anna });
  expect(contactOf(lost, anna).reached).toBe(false);
  expect(contactOf(reduce(lost, inbox(anna)), anna).reached).toBe(true);
  expect(contactOf(lost, bo).reached).toBeNull();
});

test('a link leads to adding a profile, with its code in memory only', () => {
  const state = after(both, { kind: 'activation-code', code: 'S34WNJYCSQ7CZM6HTB9X9NEPTZCDKPPV' });
  expect(state.route).toEqual({ at: 'add' });
  expect(reduce(state, { kind: 'activation-code', code: null }).activationCode).toBeNull();
});
