import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { hash, verify } from '@node-rs/argon2';
import { inParallel } from '../../../src/entra-twin/in-parallel.js';
import {
  federateExample,
  seededPerson,
  seedPeople,
} from '../../support/microsoft-365/seeded-people.js';
import { PASSWORD } from '../../support/people.js';
import { install } from '../../support/server-process.js';
import type { Figure } from '../figure.js';

const PEOPLE = 1_000;
const RUNS = 3;
const CODE_MS = 30_000;

/**
 * `m365 rehearse` of a thousand people with password and code, as an operator runs it beside a server with the limits it
 * ships with: from the command to its end. Compared with the time of checking their passwords alone, in both ways that can be meant.
 */
export const rehearse: Figure = {
  name: 'rehearse',
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'drawbridge-bench-rehearse-'));
    const raw = { rehearsal: [] as number[], hashes: [] as number[], oneByOne: [] as number[] };
    try {
      const installation = await install(folder, undefined, process.cwd());
      federateExample(folder);
      const people = Array.from({ length: PEOPLE }, (_, index) => seededPerson(index));
      const credentials = await seedPeople(installation, folder, people);
      const server = installation.start();
      await server.ready();
      try {
        for (let run = 0; run < RUNS; run += 1) {
          raw.oneByOne.push(await timeOfHashes(1));
          raw.hashes.push(await timeOfHashes(availableParallelism()));
          const args = ['--protocol', 'saml', '--credentials', credentials, '--parallel', '16'];
          const began = performance.now();
          const { code, stdout, stderr } = await installation.command('m365', 'rehearse', ...args);
          raw.rehearsal.push((performance.now() - began) / 1000);
          if (code !== 0) throw new Error(`${stderr}\n${stdout.slice(0, 4000)}`);
          // The next codes.
          await delay(CODE_MS);
        }
      } finally {
        await server.kill('SIGTERM');
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const partOf = (hashes: readonly number[]) =>
      raw.rehearsal.map((seconds, run) => seconds / (hashes[run] ?? Number.NaN));
    return [
      {
        what: `m365 rehearse of ${PEOPLE} people, as a part of the time of their hashes, one after another`,
        unit: '',
        aim: { at: 'most', value: 1.5 },
        raw: partOf(raw.oneByOne),
      },
      {
        what: `m365 rehearse of ${PEOPLE} people, as a part of the time of their hashes, on all cores`,
        unit: '',
        aim: { at: 'most', value: 1.5 },
        raw: partOf(raw.hashes),
      },
      { what: `m365 rehearse of ${PEOPLE} people`, unit: 's', aim: null, raw: raw.rehearsal },
      {
        what: `${PEOPLE} argon2id hashes, one after another`,
        unit: 's',
        aim: null,
        raw: raw.oneByOne,
      },
      { what: `${PEOPLE} argon2id hashes, on all cores`, unit: 's', aim: null, raw: raw.hashes },
    ];
  },
};

/** Seconds. */
async function timeOfHashes(width: number): Promise<number> {
  const stored = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const began = performance.now();
  await inParallel(Array.from({ length: PEOPLE }), width, () => verify(stored, PASSWORD));
  return (performance.now() - began) / 1000;
}
