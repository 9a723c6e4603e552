import { describe, expect, test } from '@jest/globals';
import type { StoredProfile } from '../../../src/authenticator/web/profiles/stored-profile.js';
import { createKeepSubscribed } from '../../../src/authenticator/web/push/keep-subscribed.js';

const profileOf = (id: string, changes: Partial<StoredProfile> = {}) =>
  ({ id, stage: 'active', notify: true, pushKey: 'key', ...changes }) as StoredProfile;

/** An app whose browser has `old` until it is asked for a new one. */
function app(profiles: StoredProfile[], browser: { has: boolean } = { has: true }) {
  let last: Promise<unknown> = Promise.resolve();
  let [inHand, most] = [0, 0];
  const sent: [string, string][] = [];
  const refused = new Set<string>();
  let now = 0;
  const keep = createKeepSubscribed({
    profiles: async () => profiles,
    current: async (_key, which) =>
      browser.has
        ? { endpoint: which === 'new' ? 'new' : 'old', keys: { p256dh: '', auth: '' } }
        : null,
    register: async (id, { endpoint }) => {
      inHand += 1;
      most = Math.max(most, inHand);
      await new Promise((resolve) => setImmediate(resolve));
      inHand -= 1;
      if (refused.has(id)) throw new Error('offline');
      sent.push([id, endpoint]);
    },
    now: () => now,
    alone: (work) => {
      const next = last.then(work);
      last = next.catch(() => {});
      return next;
    },
  });
  return { keep, sent, atOnce: () => most, refused, later: (ms: number) => (now += ms) };
}

describe('a subscription that is to be kept', () => {
  test('is told to the server once in each window, whatever the server has', async () => {
    const { keep, sent } = app([profileOf('a'), profileOf('b')]);
    await keep('a', 'registered');
    await keep('a', 'registered');
    expect(sent).toEqual([['a', 'old']]);
  });

  test('is made anew for all profiles when the server has forgotten that of one', async () => {
    const { keep, sent } = app([profileOf('a'), profileOf('b'), profileOf('c', { notify: false })]);
    await keep('a', 'none');
    expect(sent).toEqual([
      ['a', 'new'],
      ['b', 'new'],
    ]);
  });

  test('is brought by one at a time, and by the next as it is then', async () => {
    const { keep, sent, atOnce } = app([profileOf('a'), profileOf('b')]);
    await Promise.all([keep('a', 'none'), keep('b', 'registered')]);
    expect(atOnce()).toBe(1);
    expect(sent).toEqual([
      ['a', 'new'],
      ['b', 'new'],
    ]);
  });

  test('is not made anew again at once, however often the server says so', async () => {
    const { keep, sent, later } = app([profileOf('a')]);
    await keep('a', 'none');
    await keep('a', 'none');
    expect(sent).toHaveLength(1);
    later(60_000);
    await keep('a', 'none');
    expect(sent).toHaveLength(2);
  });

  test.each([
    { why: 'the person wants none', profile: profileOf('a', { notify: false }) },
    { why: 'the profile is not in force', profile: profileOf('a', { stage: 'waiting' }) },
    { why: 'the organisation has no key', profile: profileOf('a', { pushKey: null }) },
  ])('is left alone where $why', async ({ profile }) => {
    const { keep, sent } = app([profile]);
    await keep('a', 'none');
    await keep('a', 'registered');
    expect(sent).toEqual([]);
  });

  test('is looked for again when the browser had none', async () => {
    const browser = { has: false };
    const { keep, sent } = app([profileOf('a')], browser);
    await keep('a', 'registered');
    browser.has = true;
    await keep('a', 'registered');
    expect(sent).toEqual([['a', 'old']]);
  });

  test('is told again with the next inbox when the server could not be told', async () => {
    const { keep, sent, refused } = app([profileOf('a')]);
    refused.add('a');
    await keep('a', 'registered');
    refused.clear();
    await keep('a', 'registered');
    await keep('a', 'registered');
    expect(sent).toEqual([['a', 'old']]);
  });

  test('reaches the other profiles when that of one is refused, which follows without another one', async () => {
    const { keep, sent, refused } = app([profileOf('a'), profileOf('b')]);
    refused.add('a');
    await keep('a', 'none');
    expect(sent).toEqual([['b', 'new']]);
    refused.clear();
    await keep('a', 'none');
    await keep('a', 'none');
    expect(sent).toEqual([
      ['b', 'new'],
      ['a', 'old'],
    ]);
  });
});
