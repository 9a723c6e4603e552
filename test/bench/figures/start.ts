import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanClone } from '../clean-clone.js';
import { SLICES, type Figure, type Row } from '../figure.js';
import { npmStart } from '../started-server.js';

const IDLE_MS = 10_000;

/**
 * `npm start` on the embedded stores: until ready, and the memory held when nothing happens. `DRAWBRIDGE_BENCH_NODES`
 * names more Node binaries, separated by commas, to measure with.
 */
export const start: Figure = {
  name: 'start',
  async measure() {
    const more = process.env.DRAWBRIDGE_BENCH_NODES?.split(',') ?? [];
    const rows: Row[] = [];
    for (const node of [process.execPath, ...more]) rows.push(...(await measureWith(node)));
    return rows;
  },
};

async function measureWith(node: string): Promise<Row[]> {
  const raw = { clean: [], first: [], second: [], afterBuild: [], resident: [] } as Record<
    'clean' | 'first' | 'second' | 'afterBuild' | 'resident',
    number[]
  >;
  const clone = await cleanClone();
  const forget = (name: string) => rm(join(clone.folder, name), { recursive: true, force: true });
  try {
    for (let slice = 0; slice < SLICES; slice += 1) {
      await forget('dist');
      await forget('.drawbridge');
      const clean = await npmStart(clone.folder, node);
      raw.clean.push(clean.readyMs);
      await delay(IDLE_MS);
      raw.afterBuild.push(clean.residentMb());
      await clean.stop();

      await forget('.drawbridge');
      const first = await npmStart(clone.folder, node);
      raw.first.push(first.readyMs);
      await first.stop();

      const second = await npmStart(clone.folder, node);
      raw.second.push(second.readyMs);
      await delay(IDLE_MS);
      raw.resident.push(second.residentMb());
      await second.stop();
    }
  } finally {
    await clone.remove();
  }
  const by = node === process.execPath ? '' : `, ${node}`;
  const row = (what: string, unit: string, most: number, values: number[]): Row => ({
    what: `${what}${by}`,
    unit,
    aim: { at: 'most', value: most },
    raw: values,
  });
  return [
    row('First start, compiling included', 'ms', 3000, raw.clean),
    row('First start, compiled before', 'ms', 3000, raw.first),
    row('Second start', 'ms', 1500, raw.second),
    row('Resident, idle for 10 s after the second start', 'MB', 160, raw.resident),
    row('Resident, idle for 10 s after the start that compiled', 'MB', 160, raw.afterBuild),
  ];
}
