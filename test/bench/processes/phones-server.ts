import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as delay } from 'node:timers/promises';
import { createReplaceableRegistry } from '../../../src/relying-parties/replaceable-registry.js';
import { createDrawbridge } from '../../../src/server/drawbridge.js';
import { LoopbackAgent } from '../../support/push-service/loopback-agent.js';
import { testConfiguration } from '../../support/start-server.js';
import { inLanes } from '../load.js';
import type { PhoneKeys } from '../phone.js';
import { profileIdOf } from '../phone.js';
import { answerCommands } from './answer-commands.js';
import { addPeopleWithPhones, personIdOf } from './phone-rows.js';

export interface PhonesOptions {
  services: { redis: string; postgres: string };
  people: number;
  keys: PhoneKeys;
  /** How the push service is reached, and what it is called there. */
  push?: { port: number; certificate: string; hosts: readonly string[] };
  /** `challenge` sends one to each so-manieth person. */
  every?: number;
}

export interface PhonesReady {
  url: string;
  pushKey: string;
}

/**
 * A whole Drawbridge whose people have a phone each. Besides the usual commands `resident` gives its memory in bytes once there is
 * nothing left to collect, and `challenge` how many were sent one.
 */
const options = JSON.parse(process.argv[2] ?? '') as PhonesOptions;
const { services, push } = options;
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
const server = createServer({ keepAliveTimeout: 65_000 });
server.listen({ port: 0, host: '127.0.0.1', backlog: 2_048 });
await new Promise<void>((resolve) => server.once('listening', resolve));
const { port } = server.address() as AddressInfo;
const url = `http://localhost:${port}`;
const defaults = testConfiguration(url, port, folder);
const drawbridge = await createDrawbridge(
  {
    ...defaults,
    passwords: { ...defaults.passwords, memoryKiB: 8, iterations: 1 },
    authenticator: { ...defaults.authenticator, pushServices: [...(push?.hosts ?? [])] },
    redis: { url: services.redis },
    database: { url: services.postgres },
  },
  {
    relyingParties: () =>
      Promise.resolve(
        createReplaceableRegistry([], (error) => {
          throw error;
        }),
      ),
    ...(push === undefined ? {} : { pushAgent: new LoopbackAgent(push) }),
  },
);
server.on('request', drawbridge.app);
await addPeopleWithPhones(drawbridge, options.people, options.keys);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const { parts } = drawbridge;
const { phones } = parts;

async function challenge(): Promise<number> {
  const every = options.every ?? 1;
  const indexes = Array.from({ length: Math.ceil(options.people / every) }, (_, at) => at * every);
  await inLanes(
    indexes.map((index) => async () => {
      const profile = await phones.devices.profile(profileIdOf(index) as never);
      const person = await parts.directory.find(personIdOf(index) as never);
      if (profile === null || person === null) throw new Error(`person ${index} is missing`);
      const context = { clientAddress: '192.0.2.17', relyingParty: 'payroll' };
      const opened = await phones.desk.open(person, [profile], context);
      if (!opened.ok) throw new Error(opened.reason);
    }),
    32,
  );
  return indexes.length;
}

answerCommands(
  { url, pushKey: phones.pushKey } satisfies PhonesReady,
  async () => {
    server.closeAllConnections();
    server.close();
    await drawbridge.close();
    rmSync(folder, { recursive: true, force: true });
  },
  {
    async resident() {
      for (let round = 0; round < 3; round += 1) {
        collect();
        await delay(500);
      }
      return process.memoryUsage.rss();
    },
    challenge,
  },
);
