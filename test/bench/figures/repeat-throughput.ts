import { TestBrowser } from '../../support/browser.js';
import { completeSignIn, repeatSignIn } from '../../support/count-sign-ins.js';
import { OidcClient } from '../../support/oidc-client.js';
import { SLICES, type Figure, type Row } from '../figure.js';
import { freshDatabase } from '../fresh-database.js';
import { inLanes, peopleOf } from '../load.js';
import type { BareOptions, BareReady } from '../processes/bare-provider.js';
import type { DrawbridgeOptions, DrawbridgeReady } from '../processes/drawbridge-server.js';
import { MeasuredProcess } from '../processes/measured-process.js';

const ABREAST = 8;
const PER_SLICE = 160;
/** Until compilers have seen enough: a server that has just started spends several times as much. */
const WARM_UP = 3200;

/** Repeat sign-ins per second of CPU, beside bare oidc-provider with the same client, keys and claims. */
export const repeatThroughput: Figure = {
  name: 'repeat-throughput',
  async measure({ redis, postgres }) {
    const ours = await startDrawbridge({ redis, postgres: await freshDatabase(postgres) });
    const inRedis = await startBare({ redis, postgres: null });
    const onSameStores = await startBare({ redis, postgres: await freshDatabase(postgres) });
    const sides = [ours, inRedis, onSameStores];
    try {
      for (const side of sides) await side.run(WARM_UP);
      const perCpuSecond = new Map<Side, number[]>(sides.map((side) => [side, []]));
      for (let slice = 0; slice < SLICES; slice += 1) {
        for (const side of sides) {
          const cpu = await side.server.cpuDuring(() => side.run(PER_SLICE));
          perCpuSecond.get(side)?.push(PER_SLICE / (cpu / 1000));
        }
      }
      return rowsOf(
        [ours, inRedis, onSameStores].map((side) => perCpuSecond.get(side) ?? []) as Three,
      );
    } finally {
      for (const side of sides) await side.server.stop();
    }
  },
};

interface Side {
  server: MeasuredProcess<unknown>;
  /** Signs in again, so many times. */
  run(count: number): Promise<void>;
}

async function startDrawbridge(services: { redis: string; postgres: string }): Promise<Side> {
  const options: DrawbridgeOptions = {
    services,
    people: ABREAST,
    cost: { memoryKiB: 8, iterations: 1 },
  };
  const server = await MeasuredProcess.start<DrawbridgeReady>(
    'test/bench/processes/drawbridge-server.ts',
    options,
  );
  const client = await OidcClient.discover(server.ready.url, 'payroll');
  const browsers: TestBrowser[] = [];
  for (const person of peopleOf(server.ready)(ABREAST)) {
    const browser = new TestBrowser();
    await completeSignIn(client, browser, person);
    browsers.push(browser);
  }
  return { server, run: (count) => repeatAll(client, browsers, count) };
}

async function startBare(options: BareOptions): Promise<Side> {
  const server = await MeasuredProcess.start<BareReady>(
    'test/bench/processes/bare-provider.ts',
    options,
  );
  const client = await OidcClient.discover(server.ready.url, 'payroll');
  const browsers = Array.from({ length: ABREAST }, () => new TestBrowser());
  return { server, run: (count) => repeatAll(client, browsers, count) };
}

async function repeatAll(
  client: OidcClient,
  browsers: readonly TestBrowser[],
  count: number,
): Promise<void> {
  const lanes = browsers.map((browser) => async () => {
    for (let done = 0; done < count / ABREAST; done += 1) await repeatSignIn(client, browser);
  });
  await inLanes(lanes, ABREAST);
}

type Three = [number[], number[], number[]];

function rowsOf([ours, inRedis, onSameStores]: Three): Row[] {
  const what = 'Repeat sign-ins per CPU second';
  const ratio = (theirs: number[]) => ours.map((value, slice) => value / (theirs[slice] ?? NaN));
  const aim = { at: 'least', value: 0.8 } as const;
  const perSecond = (by: string, raw: number[]): Row => ({
    what: `${what}, ${by}`,
    unit: '/s',
    aim: null,
    raw,
  });
  return [
    {
      what: `${what}, as a part of bare oidc-provider on the same stores`,
      unit: '',
      aim,
      raw: ratio(onSameStores),
    },
    {
      what: `${what}, as a part of bare oidc-provider with everything in Redis`,
      unit: '',
      aim,
      raw: ratio(inRedis),
    },
    perSecond('Drawbridge', ours),
    perSecond('bare oidc-provider on the same stores', onSameStores),
    perSecond('bare oidc-provider with everything in Redis', inRedis),
  ];
}
