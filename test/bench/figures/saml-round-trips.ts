import { countSamlSignIns } from '../../support/count-saml-sign-ins.js';
import { SLICES, type Figure } from '../figure.js';
import { freshDatabase } from '../fresh-database.js';

/** As `round-trips`, from a service provider's request to the assertion it accepts. */
export const samlRoundTrips: Figure = {
  name: 'saml-round-trips',
  async measure({ redis, postgres }) {
    const stores = { redis, postgres: await freshDatabase(postgres) };
    const { first, repeat } = await countSamlSignIns(stores, SLICES);
    const row = (which: string, most: number, runs: { trips: unknown[] }[]) => ({
      what: `Round trips of a ${which} SAML sign-in`,
      unit: '',
      aim: { at: 'most' as const, value: most },
      raw: runs.map(({ trips }) => trips.length),
    });
    return [row('first', 16, first), row('repeat', 8, repeat)];
  },
};
