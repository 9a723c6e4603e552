import { fileURLToPath } from 'node:url';
import type { Factor } from '../../../src/factors/factor.js';
import type { Clock } from '../../../src/kernel/clock.js';

/** A factor that lives outside the product: brings its own template and touches no file of `login/`. */
export function createToyFactor(clock: Clock, owners: ReadonlySet<string>): Factor {
  return {
    name: 'toy',
    category: 'inherence',
    use: 'ordinary',
    enrolments: (person) =>
      Promise.resolve(
        owners.has(person.username)
          ? [{ id: 'toy_1', label: 'Toy', createdAt: 0, lastUsedAt: null }]
          : [],
      ),
    begin: () =>
      Promise.resolve({
        state: { word: 'sesame' },
        view: {
          template: fileURLToPath(new URL('./toy-factor.eta', import.meta.url)),
          model: {},
        },
      }),
    answer: (_person, state, input) =>
      Promise.resolve(
        input['word'] === state['word']
          ? {
              kind: 'accepted',
              event: { factor: 'toy', category: 'inherence', amr: 'toy', at: clock.now() },
            }
          : { kind: 'refused', reason: 'wrong_code' },
      ),
  };
}
