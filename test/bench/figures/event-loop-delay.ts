import { TestBrowser } from '../../support/browser.js';
import { completeSignIn } from '../../support/count-sign-ins.js';
import { OidcClient } from '../../support/oidc-client.js';
import { SLICES, type Figure } from '../figure.js';
import { freshDatabase } from '../fresh-database.js';
import { inLanes, peopleOf } from '../load.js';
import type { DrawbridgeOptions, DrawbridgeReady } from '../processes/drawbridge-server.js';
import { MeasuredProcess } from '../processes/measured-process.js';

const AT_ONCE = 20;

/** How late the event loop is while more sign-ins than cores wait for a password hash of the usual cost. */
export const eventLoopDelay: Figure = {
  name: 'event-loop-delay',
  async measure({ redis, postgres }) {
    const options: DrawbridgeOptions = {
      services: { redis, postgres: await freshDatabase(postgres) },
      people: AT_ONCE * (SLICES + 1),
      cost: { memoryKiB: 19_456, iterations: 2 },
    };
    const server = await MeasuredProcess.start<DrawbridgeReady>(
      'test/bench/processes/drawbridge-server.ts',
      options,
    );
    try {
      const next = peopleOf(server.ready);
      const client = await OidcClient.discover(server.ready.url, 'payroll');
      const crowd = () =>
        inLanes(
          next(AT_ONCE).map((person) => () => completeSignIn(client, new TestBrowser(), person)),
          AT_ONCE,
        );
      await crowd();
      const raw: number[] = [];
      for (let slice = 0; slice < SLICES; slice += 1) {
        await server.ask('watch');
        await crowd();
        raw.push(await server.ask('delay'));
      }
      return [
        {
          what: `Event-loop delay, 99th percentile, ${AT_ONCE} sign-ins at once`,
          unit: 'ms',
          aim: { at: 'most', value: 20 },
          raw,
        },
      ];
    } finally {
      await server.stop();
    }
  },
};
