import { TestBrowser } from '../../support/browser.js';
import { completeSignIn, repeatSignIn } from '../../support/count-sign-ins.js';
import { OidcClient } from '../../support/oidc-client.js';
import { SLICES, type Figure } from '../figure.js';
import { freshDatabase } from '../fresh-database.js';
import { inLanes, peopleOf } from '../load.js';
import type { BareReady } from '../processes/bare-provider.js';
import type { DrawbridgeOptions, DrawbridgeReady } from '../processes/drawbridge-server.js';
import { MeasuredProcess } from '../processes/measured-process.js';

const ABREAST = 4;
const PER_SLICE = 80;
const WARM_UP = 400;

/** Repeat sign-ins per second of CPU, beside bare oidc-provider on the same Redis with the same client. */
export const repeatThroughput: Figure = {
  name: 'repeat-throughput',
  async measure({ redis, postgres }) {
    const options: DrawbridgeOptions = {
      services: { redis, postgres: await freshDatabase(postgres) },
      people: ABREAST,
      cost: { memoryKiB: 8, iterations: 1 },
    };
    const drawbridge = await MeasuredProcess.start<DrawbridgeReady>(
      'test/bench/processes/drawbridge-server.ts',
      options,
    );
    const bare = await MeasuredProcess.start<BareReady>('test/bench/processes/bare-provider.ts', {
      redis,
    });
    try {
      const ours = await OidcClient.discover(drawbridge.ready.url, 'payroll');
      const theirs = await OidcClient.discover(bare.ready.url, 'payroll');
      const ourBrowsers: TestBrowser[] = [];
      for (const person of peopleOf(drawbridge.ready)(ABREAST)) {
        const browser = new TestBrowser();
        await completeSignIn(ours, browser, person);
        ourBrowsers.push(browser);
      }
      const theirBrowsers = ourBrowsers.map(() => new TestBrowser());
      const slice = (client: OidcClient, browsers: TestBrowser[], count: number) =>
        inLanes(
          browsers.map((browser) => async () => {
            for (let done = 0; done < count / ABREAST; done += 1)
              await repeatSignIn(client, browser);
          }),
          ABREAST,
        );
      await slice(ours, ourBrowsers, WARM_UP);
      await slice(theirs, theirBrowsers, WARM_UP);
      const perCpuSecond = { ours: [] as number[], theirs: [] as number[] };
      for (let turn = 0; turn < SLICES; turn += 1) {
        const our = await drawbridge.cpuDuring(() => slice(ours, ourBrowsers, PER_SLICE));
        const their = await bare.cpuDuring(() => slice(theirs, theirBrowsers, PER_SLICE));
        perCpuSecond.ours.push(PER_SLICE / (our / 1000));
        perCpuSecond.theirs.push(PER_SLICE / (their / 1000));
      }
      return [
        {
          what: 'Repeat sign-ins per CPU second, as a part of bare oidc-provider',
          unit: '',
          aim: { at: 'least', value: 0.8 },
          raw: perCpuSecond.ours.map((value, turn) => value / (perCpuSecond.theirs[turn] ?? NaN)),
        },
        {
          what: 'Repeat sign-ins per CPU second, Drawbridge',
          unit: '/s',
          aim: null,
          raw: perCpuSecond.ours,
        },
        {
          what: 'Repeat sign-ins per CPU second, bare oidc-provider',
          unit: '/s',
          aim: null,
          raw: perCpuSecond.theirs,
        },
      ];
    } finally {
      await drawbridge.stop();
      await bare.stop();
    }
  },
};
