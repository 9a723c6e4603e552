import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '../figure.js';
import { freshDatabase } from '../fresh-database.js';
import { newPhoneKeys } from '../phone.js';
import { MeasuredProcess } from '../processes/measured-process.js';
import type { PhonesOptions, PhonesReady } from '../processes/phones-server.js';
import type { StreamHolderOptions } from '../processes/stream-holder.js';
import { requireFiles } from '../require-files.js';

const STREAMS = 10_000;
const EVERY = 10;
const RUNS = 3;
/** Two signs of life of each stream. */
const IDLE_MS = 50_000;
const LIFETIME_MS = 15 * 60_000;

/**
 * Ten thousand phones that listen at one process: what each costs it, and whether challenges sent to a tenth of them arrive exactly
 * once while a third of the streams is ended and opened again.
 */
export const authenticatorStreams: Figure = {
  name: 'authenticator-streams',
  async measure({ redis, postgres }) {
    requireFiles(STREAMS + 500);
    const raw = {
      memory: [] as number[],
      cpu: [] as number[],
      missed: [] as number[],
      wrong: [] as number[],
    };
    for (let run = 0; run < RUNS; run += 1) {
      const keys = newPhoneKeys();
      const server = await MeasuredProcess.start<PhonesReady>(
        'test/bench/processes/phones-server.ts',
        {
          // What the phones of an earlier run were sent is sealed by a key that is gone.
          services: { redis: `${redis}/${run + 1}`, postgres: await freshDatabase(postgres) },
          people: STREAMS,
          keys,
          every: EVERY,
        } satisfies PhonesOptions,
      );
      const holder = await MeasuredProcess.start<object>('test/bench/processes/stream-holder.ts', {
        url: server.ready.url,
        phones: STREAMS,
        keys,
        every: EVERY,
        lifetimeMs: LIFETIME_MS,
      } satisfies StreamHolderOptions);
      try {
        await holder.ask('warm');
        const before = await server.ask('resident');
        const open = await holder.ask('open');
        if (open !== STREAMS) throw new Error(`${open} streams are open`);
        const cpu = await server.cpuDuring(() => delay(IDLE_MS));
        raw.cpu.push(cpu / (IDLE_MS / 1_000));
        raw.memory.push(((await server.ask('resident')) - before) / STREAMS / 1_000);
        const [sent] = await Promise.all([server.ask('challenge'), holder.ask('reopen')]);
        await allSeen(holder, sent);
        raw.missed.push(sent - (await holder.ask('seen')));
        raw.wrong.push(await holder.ask('wrong'));
        await holder.ask('close');
        await delay(2_000);
      } finally {
        await holder.stop();
        await server.stop();
      }
    }
    const streams = `${STREAMS} open inbox streams`;
    const sample = `of ${STREAMS / EVERY} sent while a third of the streams reconnects`;
    return [
      {
        what: `Memory of one of ${streams}`,
        unit: 'kB',
        aim: { at: 'most', value: 20 },
        raw: raw.memory,
      },
      {
        what: `Challenges missed ${sample}`,
        unit: '',
        aim: { at: 'most', value: 0 },
        raw: raw.missed,
      },
      {
        what: `Challenges doubled or misled ${sample}`,
        unit: '',
        aim: { at: 'most', value: 0 },
        raw: raw.wrong,
      },
      {
        what: `CPU of ${streams} that are silent, per second`,
        unit: 'ms',
        aim: null,
        raw: raw.cpu,
      },
    ];
  },
};

/** Until they are there, or longer than any of them may take. */
async function allSeen(holder: MeasuredProcess<object>, sent: number): Promise<void> {
  for (let tries = 0; tries < 40; tries += 1) {
    if ((await holder.ask('seen')) === sent) return;
    await delay(250);
  }
}
