import { fileURLToPath } from 'node:url';
import type { Factor, FactorVerdict } from '../../../src/factors/factor.js';
import type { Clock } from '../../../src/kernel/clock.js';

/** A factor from outside that is answered elsewhere: the test plays the phone. */
export interface ToyPhone {
  factor: Factor;
  /** What the last sign-in that asked was told about itself. */
  asked: { service: string; userAgent: string; knownBrowser: boolean } | null;
  left: number;
  answer(answer: 'yes' | 'no'): void;
}

export function createToyPhone(clock: Clock, owners: ReadonlySet<string>): ToyPhone {
  const answers = new Map<number, 'yes' | 'no' | 'used'>();
  const listeners = new Map<number, Set<() => void>>();
  let rings = 0;
  const look = (ring: number): FactorVerdict | { kind: 'waiting' } => {
    const answer = answers.get(ring);
    if (answer === 'no') return { kind: 'refused', reason: 'wrong_code' };
    if (answer !== 'yes') return { kind: 'waiting' };
    answers.set(ring, 'used');
    const event = { factor: 'toy-phone', category: 'possession', amr: 'toy', at: clock.now() };
    return { kind: 'accepted', event: event as never };
  };
  const phone: ToyPhone = {
    asked: null,
    left: 0,
    answer(answer) {
      answers.set(rings, answer);
      for (const listener of listeners.get(rings) ?? []) listener();
    },
    factor: {
      name: 'toy-phone',
      category: 'possession',
      use: 'ordinary',
      enrolments: async (person) =>
        owners.has(person.username)
          ? [{ id: 'toy_2', label: 'Toy phone', createdAt: 0, lastUsedAt: null }]
          : [],
      async begin(_person, _enrolments, { signIn }) {
        phone.asked = signIn ?? null;
        rings += 1;
        const template = fileURLToPath(new URL('./toy-factor.eta', import.meta.url));
        return { state: { ring: rings }, view: { template, model: {} } };
      },
      answer: async () => ({ kind: 'refused', reason: 'wrong_code' }),
      elsewhere: {
        look: async (_person, state) => look(Number(state['ring'])),
        async watch(state, listener) {
          const ring = Number(state['ring']);
          const all = listeners.get(ring) ?? new Set();
          listeners.set(ring, all.add(listener));
          if (answers.has(ring)) listener();
          return { stop: () => all.delete(listener) };
        },
        leave: async () => {
          phone.left += 1;
        },
      },
    },
  };
  return phone;
}
