import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import type { Profile } from '../../src/devices/profile.js';
import { createSealer } from '../../src/keys/aes-gcm-sealer.js';
import { systemClock } from '../../src/kernel/clock.js';
import { newPrefixedId } from '../../src/kernel/prefixed-id.js';
import { systemRandom as random } from '../../src/kernel/random.js';
import { ChallengeStore } from '../../src/factors/push/challenge-store.js';
import { createChallengeDesk } from '../../src/factors/push/create-challenge-desk.js';
import { createMemorySignals } from '../../src/storage/ephemeral/memory-signals.js';
import type { EphemeralStore } from '../../src/storage/ephemeral/ephemeral-store.js';
import { ephemeralAdapters } from '../support/services/fresh-stores.js';

const sealer = createSealer({ current: Buffer.alloc(32, 7), previous: [] }, random);

describe.each(ephemeralAdapters)('challenges: $name', ({ fresh }) => {
  let store: EphemeralStore;
  let challenges: ChallengeStore;
  let desk: ReturnType<typeof createChallengeDesk>;
  let rung: string[] = [];
  beforeAll(() => {
    store = fresh(systemClock);
    challenges = new ChallengeStore({ store, sealer, clock: systemClock });
    desk = createChallengeDesk({
      store,
      challenges,
      signals: createMemorySignals(),
      clock: systemClock,
      random,
      settings: { challengeMs: 120_000, numberDigits: 6 },
      ownPages: () => 'Your account at Northwind',
      placeOf: (address) => address,
      ring: ({ id }) => rung.push(id),
    });
  });
  afterAll(() => store.close());

  const somebody = () => {
    const person = { id: newPrefixedId('per', random), epoch: 0 } as Person;
    const profile = { id: newPrefixedId('prf', random), person: person.id } as Profile;
    return { person, profile };
  };
  const context = (knownBrowser: boolean, signIn = newPrefixedId('sgn', random)) => ({
    clientAddress: '192.0.2.7',
    relyingParty: 'payroll',
    signIn: { id: signIn, service: 'Payroll', userAgent: 'Firefox/1', knownBrowser },
  });
  const fifty = <Value>(work: (index: number) => Promise<Value>) =>
    Promise.all(Array.from({ length: 50 }, (_, index) => work(index)));

  test('fifty opened at once: three within the budget, one of them live', async () => {
    const { person, profile } = somebody();
    rung = [];
    const opened = await fifty(() => desk.open(person, [profile], context(false)));
    const ids = opened.flatMap((one) => (one.ok ? [one.challenge.id] : []));
    expect(ids).toHaveLength(3);
    expect(rung.sort()).toEqual([...ids].sort());
    const found = await Promise.all(ids.map((id) => desk.find(id)));
    expect(found.map((one) => one?.state.kind).sort()).toEqual(['live', 'withdrawn', 'withdrawn']);
    const refused = opened.find((one) => !one.ok);
    expect(refused).toMatchObject({ reason: 'over-budget' });
  });

  test('a browser that is not known pushes nobody aside who is; the other way round it does', async () => {
    const { person, profile } = somebody();
    const stranger = await desk.open(person, [profile], context(false));
    const owner = await desk.open(person, [profile], context(true));
    const again = await desk.open(person, [profile], context(false));
    expect([stranger.ok, owner.ok, again]).toEqual([
      true,
      true,
      expect.objectContaining({ ok: false, reason: 'busy' }),
    ]);
    if (!stranger.ok || !owner.ok) return;
    expect((await desk.find(stranger.challenge.id))?.state.kind).toBe('withdrawn');
    expect((await challenges.liveOf(person.id))?.challenge.id).toBe(owner.challenge.id);
  });

  test('an approval is used up once by fifty', async () => {
    const { person, profile } = somebody();
    const opened = await desk.open(person, [profile], context(false));
    if (!opened.ok) throw new Error(opened.reason);
    const { challenge } = opened;
    expect(await desk.use(challenge)).toBe(false);
    const state = { kind: 'approved', profile: profile.id, at: 1 } as const;
    await challenges.update(challenge.id, (current) => ({ ...current, state }));
    const used = await fifty(() => desk.use(challenge));
    expect(used.filter(Boolean)).toHaveLength(1);
  });

  test('withdrawing what has been answered changes nothing', async () => {
    const { person, profile } = somebody();
    const opened = await desk.open(person, [profile], context(false));
    if (!opened.ok) throw new Error(opened.reason);
    const { id, number } = opened.challenge;
    expect(number).toMatch(/^\d{6}$/);
    const state = { kind: 'denied', profile: profile.id, at: 1 } as const;
    await challenges.update(id, (current) => ({ ...current, state }));
    await desk.withdraw(id);
    expect((await desk.find(id))?.state.kind).toBe('denied');
  });

  test('what lies in the store tells nothing to whoever reads it', async () => {
    const { person, profile } = somebody();
    const opened = await desk.open(person, [profile], context(false));
    if (!opened.ok) throw new Error(opened.reason);
    const [value] = await store.read([`challenge:${opened.challenge.id}`]);
    for (const text of ['Payroll', person.id, `"number"`]) expect(value).not.toContain(text);
  });
});
