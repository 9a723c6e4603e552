import { countSignIns } from '../../support/count-sign-ins.js';
import { SLICES, type Figure } from '../figure.js';
import { freshDatabase } from '../fresh-database.js';

/** Round trips to Redis and PostgreSQL together; two servers take turns, pollers are counted apart. */
export const roundTrips: Figure = {
  name: 'round-trips',
  async measure({ redis, postgres }) {
    const counted = await countSignIns({ redis, postgres: await freshDatabase(postgres) }, SLICES);
    const lengths = (runs: { trips: unknown[] }[]) => runs.map(({ trips }) => trips.length);
    return [
      {
        what: 'Round trips of a first sign-in',
        unit: '',
        aim: { at: 'most', value: 20 },
        raw: lengths(counted.first),
      },
      {
        what: 'Round trips of a repeat sign-in',
        unit: '',
        aim: { at: 'most', value: 12 },
        raw: lengths(counted.repeat),
      },
      {
        what: 'Polls of two servers during a first sign-in, not counted above',
        unit: '',
        aim: null,
        raw: counted.first.map(({ polled }) => polled.length),
      },
    ];
  },
};
