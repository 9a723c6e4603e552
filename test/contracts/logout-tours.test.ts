import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemRandom } from '../../src/kernel/random.js';
import { createSealer } from '../../src/keys/aes-gcm-sealer.js';
import type { BrowserVisitor } from '../../src/logout/browser-visit.js';
import { goOn, type TourStep } from '../../src/logout/go-on.js';
import { TourStore, TOUR_LIFETIME_MS, type NewTour } from '../../src/logout/tour-store.js';
import type { Stop } from '../../src/logout/tour.js';
import type { EphemeralStore } from '../../src/storage/ephemeral/ephemeral-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { ephemeralAdapters } from '../support/services/fresh-stores.js';

const BROWSER = 'secret-of-this-browser';

const stop = (name: string): Stop => ({
  key: `toy:${name}`,
  participants: [{ protocol: 'toy', relyingParty: name, since: 0, state: {} }],
  answers: null,
  state: 'waiting',
  messageId: null,
});

const facts = (names: readonly string[]): NewTour => ({
  person: 'per_1' as NewTour['person'],
  session: null,
  told: ['oidc:payroll'],
  unreached: [],
  stops: names.map(stop),
  after: { kind: 'page', path: '/' },
  everywhere: false,
});

/** One message for each time that somebody is sent. */
const visitor: BrowserVisitor = {
  addressOf: ({ relyingParty }) => `https://${relyingParty}.example/`,
  areOne: () => true,
  visit: ([{ relyingParty }]) =>
    Promise.resolve(
      relyingParty === 'unspeakable'
        ? null
        : {
            visit: { kind: 'redirect', url: `https://${relyingParty}.example/` },
            messageId: `for-${relyingParty}`,
          },
    ),
};

describe.each(ephemeralAdapters)('logout tours: $name', ({ fresh }) => {
  let store: EphemeralStore;
  let tours: TourStore;
  let clock: ManualClock;
  const rows: unknown[] = [];
  const sealer = createSealer({ current: randomBytes(32), previous: [] }, systemRandom);

  beforeEach(() => {
    clock = new ManualClock(Date.now());
    store = fresh(clock);
    tours = new TourStore({ store, sealer, clock, random: systemRandom });
    rows.length = 0;
  });
  afterEach(() => store.close());

  const step = (handle: string, browser: string | null = BROWSER) =>
    goOn(
      {
        audit: { record: (row) => Promise.resolve(rows.push(row) as never) },
        lookForService: (url) => Promise.resolve(url.includes('dead') ? 'no' : 'yes'),
        tours,
        visitors: new Map([['toy', visitor]]),
      },
      handle,
      browser,
      '192.0.2.1',
    );
  const keyOf = (one: TourStep | null) => (one?.kind === 'visit' ? one.stop.key : one?.kind);
  const answer = (handle: string, name: string, done = true, browser: string | null = BROWSER) =>
    tours.answer(handle, browser, { key: `toy:${name}`, messageId: `for-${name}`, done });
  const twenty = <Value>(work: () => Promise<Value>) =>
    Promise.all(Array.from({ length: 20 }, work));

  test('goes to everybody who is there, once, and then is over', async () => {
    const handle = await tours.begin(facts(['a', 'dead', 'unspeakable', 'b']), BROWSER);
    expect(handle).toMatch(/^[\w-]{22}$/);
    expect(keyOf(await step(handle))).toBe('toy:a');
    expect(await answer(handle, 'a')).toBe(true);
    expect(keyOf(await step(handle))).toBe('toy:b');
    expect(await answer(handle, 'b')).toBe(true);
    for (const over of [await step(handle), await step(handle)]) {
      expect(over).toMatchObject({ kind: 'over', tour: { over: true } });
    }
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      kind: 'logout.completed',
      data: {
        reached: ['oidc:payroll', 'toy:a', 'toy:b'],
        unreached: ['toy:dead', 'toy:unspeakable'],
      },
    });
  });

  test('of twenty requests at once no two are sent to the same service, and one writes the row', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `s${index}`);
    const handle = await tours.begin(facts(names), BROWSER);
    const sent = (await twenty(() => step(handle))).map(keyOf).filter((key) => key !== 'over');
    expect(new Set(sent).size).toBe(sent.length);
    await step(handle);
    expect(rows).toHaveLength(1);
  });

  test('answers that come at once are all counted, and go on counting when it is over', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `s${index}`);
    const handle = await tours.begin(facts(names), BROWSER);
    while ((await step(handle))?.kind === 'visit');
    const taken = await Promise.all(names.map((name) => answer(handle, name)));
    expect(taken).toEqual(names.map(() => true));
    const over = await step(handle);
    expect(over?.kind === 'over' && over.tour.stops.every(({ state }) => state === 'reached')).toBe(
      true,
    );
  });

  test('is nobody else’s, and nobody’s after its time', async () => {
    const handle = await tours.begin(facts(['a']), BROWSER);
    for (const other of [null, 'another-browser']) {
      expect(await step(handle, other)).toBeNull();
      expect(await answer(handle, 'a', true, other)).toBe(false);
      expect(await tours.resume(other, facts([]).after, null)).toBeNull();
    }
    for (const odd of ['', 'x', '../..', 'x'.repeat(22)]) expect(await step(odd)).toBeNull();
    expect(keyOf(await step(handle))).toBe('toy:a');
    clock.advance(TOUR_LIFETIME_MS);
    expect(await step(handle)).toBeNull();
    expect(await answer(handle, 'a')).toBe(false);
  });

  test('whoever asks again goes on with it, as long as it is not over', async () => {
    const handle = await tours.begin(facts(['a', 'b']), BROWSER);
    expect(keyOf(await step(handle))).toBe('toy:a');
    const after = { kind: 'url', url: 'https://b.example/', relyingParty: 'b' } as const;
    expect(await twenty(() => tours.resume(BROWSER, after, 'toy:b'))).toEqual(
      Array.from({ length: 20 }, () => handle),
    );
    expect(keyOf(await step(handle))).toBe('toy:a');
    await answer(handle, 'a');
    expect(await step(handle)).toMatchObject({ kind: 'over', tour: { after } });
    expect(await tours.resume(BROWSER, after, null)).toBeNull();
  });

  test('what was not sealed by us is no tour', async () => {
    const handle = await tours.begin(facts(['a']), BROWSER);
    const other = createSealer({ current: randomBytes(32), previous: [] }, systemRandom);
    const strangers = new TourStore({ store, sealer: other, clock, random: systemRandom });
    expect(await strangers.find(handle, BROWSER)).toBeNull();
    expect(await strangers.resume(BROWSER, facts([]).after, null)).toBeNull();
  });
});
