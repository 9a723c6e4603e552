import { describe, expect, test } from '@jest/globals';
import { createDeviceKeys } from '../../../src/authenticator/web/crypto/device-keys.js';
import type { StoredProfile } from '../../../src/authenticator/web/profiles/stored-profile.js';
import { ProfileGone } from '../../../src/authenticator/web/requests/request-failed.js';
import { createSignedRequests } from '../../../src/authenticator/web/requests/signed-requests.js';

type Reply = 'lost' | { status: number; body?: object; headers?: Record<string, string> };

/** A phone whose server answers by a list. */
async function phone(replies: Reply[], changes: Partial<StoredProfile> = {}) {
  const keys = await createDeviceKeys();
  let profile: StoredProfile | null = {
    id: 'prf_AAECAwQFBgcICQoLDA0ODw',
    seq: 6,
    lastIat: 0,
    offset: 0,
    ...keys,
    ...changes,
  } as StoredProfile;
  let now = 1_000_000;
  let locked = 0;
  const seen: {
    proof: string;
    body: string | undefined;
    seq: number;
    iat: number;
    kept: number;
  }[] = [];
  const requests = createSignedRequests({
    store: {
      get: async () => profile,
      change: async (_id, changed) => (profile = profile && { ...profile, ...changed(profile) }),
    },
    fetch: async (_url, { headers, body }) => {
      const proof = headers['Drawbridge-Request'] ?? '';
      const { seq, iat } = JSON.parse(
        Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString(),
      );
      seen.push({ proof, body, seq, iat, kept: profile?.seq ?? 0 });
      expect(locked).toBe(1);
      const reply = replies.shift() ?? 'lost';
      if (reply === 'lost') throw new TypeError('Failed to fetch');
      return new Response(reply.body === undefined ? null : JSON.stringify(reply.body), reply);
    },
    now: () => now,
    wait: async (ms) => {
      now += ms;
    },
    withLock: async (_name, work) => {
      locked += 1;
      try {
        return await work();
      } finally {
        locked -= 1;
      }
    },
    absolute: (path) => `https://id.example${path}`,
    wipe: async () => {
      profile = null;
    },
  });
  const send = (call: { patienceMs?: number; repeatable?: boolean } = {}) =>
    requests.send(profile?.id ?? '', {
      method: 'POST',
      path: '/authenticator/api/x',
      body: (seq: number) => ({ seq }),
      ...call,
    });
  return { send, requests, seen, kept: () => profile };
}

describe('a signed request', () => {
  test('writes seq and iat down before they are sent', async () => {
    const { send, seen } = await phone([{ status: 200, body: { ok: 1 } }], { offset: 5_000 });
    expect(await send()).toEqual({ ok: 1 });
    expect(seen).toMatchObject([{ seq: 7, kept: 7, iat: 1_005_000, body: '{"seq":7}' }]);
  });

  test('is sent again with identical bytes when its answer is lost', async () => {
    const { send, seen } = await phone(['lost', 'lost', { status: 200, body: {} }]);
    await send();
    expect(new Set(seen.map(({ proof }) => proof)).size).toBe(1);
    expect(seen).toHaveLength(3);
  });

  test('that got no answer is followed by one with the next seq', async () => {
    const { send, seen } = await phone(['lost', { status: 200, body: {} }]);
    await expect(send({ patienceMs: 0 })).rejects.toMatchObject({ code: 'offline' });
    await send();
    expect(seen.map(({ seq }) => seq)).toEqual([7, 8]);
  });

  test('with a wrong clock is corrected and signed anew', async () => {
    const { send, seen, kept } = await phone([
      { status: 401, body: { error: 'clock', time: 1_420_000 } },
      { status: 200, body: { time: 1_420_000 } },
    ]);
    await send();
    expect(seen.map(({ seq, iat }) => [seq, iat])).toEqual([
      [7, 1_000_000],
      [8, 1_420_000],
    ]);
    expect(kept()?.offset).toBe(420_000);
  });

  test('recovers from a clock that was far ahead', async () => {
    const { send, seen } = await phone(
      [
        { status: 401, body: { error: 'clock', time: 1_000_000 } },
        { status: 401, body: { error: 'clock', time: 1_000_000, after: 1_000_400 } },
        { status: 200, body: {} },
      ],
      { lastIat: 9_000_000 },
    );
    await send();
    expect(seen.map(({ iat }) => iat)).toEqual([9_000_001, 1_000_000, 1_000_401]);
  });

  test('wipes the profile on 410 and only then', async () => {
    const refused = await phone([{ status: 401, body: { error: 'unauthorized' } }]);
    await expect(refused.send()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(refused.kept()).not.toBeNull();
    const revoked = await phone([{ status: 410, body: { error: 'revoked' } }]);
    await expect(revoked.send()).rejects.toThrow(ProfileGone);
    expect(revoked.kept()).toBeNull();
  });

  test('does not wipe because something else than the server answers', async () => {
    const { send, kept } = await phone([
      { status: 410, body: { message: 'a portal' } },
      { status: 410, body: { error: 'gone' } },
    ]);
    await expect(send({ patienceMs: 0 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(kept()).not.toBeNull();
  });

  test('of a profile that another window removed is not sent', async () => {
    const { send, seen } = await phone([{ status: 410, body: { error: 'revoked' } }]);
    await expect(send()).rejects.toThrow(ProfileGone);
    await expect(send()).rejects.toThrow(ProfileGone);
    expect(seen).toHaveLength(1);
  });
});
