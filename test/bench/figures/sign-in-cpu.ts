import { TestBrowser } from '../../support/browser.js';
import { completeSignIn } from '../../support/count-sign-ins.js';
import { OidcClient } from '../../support/oidc-client.js';
import { SLICES, type Figure, type Row } from '../figure.js';
import { freshDatabase } from '../fresh-database.js';
import { inLanes, peopleOf } from '../load.js';
import type { DrawbridgeOptions, DrawbridgeReady } from '../processes/drawbridge-server.js';
import { MeasuredProcess } from '../processes/measured-process.js';

const PER_SLICE = 24;
/** Until compilers have seen enough: a server that has just started spends several times as much. */
const WARM_UP = 2000;

/**
 * CPU the server spends on a full sign-in with password and code. Its passwords are hashed at the least cost there is,
 * so that the hash is left out; it is compared with one hash at the cost the product ships with.
 */
export const signInCpu: Figure = {
  name: 'sign-in-cpu',
  async measure({ redis, postgres }) {
    return [
      ...(await measureOn('Redis + PostgreSQL', {
        redis,
        postgres: await freshDatabase(postgres),
      })),
      ...(await measureOn('embedded stores', null)),
    ];
  },
};

async function measureOn(name: string, services: DrawbridgeOptions['services']): Promise<Row[]> {
  const options: DrawbridgeOptions = {
    services,
    people: WARM_UP + SLICES * PER_SLICE,
    cost: { memoryKiB: 8, iterations: 1 },
  };
  const server = await MeasuredProcess.start<DrawbridgeReady>(
    'test/bench/processes/drawbridge-server.ts',
    options,
  );
  try {
    const next = peopleOf(server.ready);
    const client = await OidcClient.discover(server.ready.url, 'payroll');
    const signInAll = (count: number) =>
      inLanes(
        next(count).map((person) => () => completeSignIn(client, new TestBrowser(), person)),
        8,
      );
    await signInAll(WARM_UP);
    const perSignIn: number[] = [];
    const perHash: number[] = [];
    for (let slice = 0; slice < SLICES; slice += 1) {
      perSignIn.push((await server.cpuDuring(() => signInAll(PER_SLICE))) / PER_SLICE);
      perHash.push(await server.ask('hashes'));
    }
    const ratios = perSignIn.map((cpu, slice) => cpu / (perHash[slice] ?? NaN));
    return [
      {
        what: `CPU of a sign-in without its hash, as a part of one hash (${name})`,
        unit: '',
        aim: { at: 'most', value: 0.4 },
        raw: ratios,
      },
      {
        what: `CPU of a sign-in without its hash (${name})`,
        unit: 'ms',
        aim: null,
        raw: perSignIn,
      },
      { what: `CPU of one argon2id hash (${name})`, unit: 'ms', aim: null, raw: perHash },
    ];
  } finally {
    await server.stop();
  }
}
