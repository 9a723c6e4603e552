import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from 'otpauth';
import { createTotpImport } from '../../support/factors/import-totp.js';
import { createReplaceableRegistry } from '../../../src/relying-parties/replaceable-registry.js';
import { createDrawbridge } from '../../../src/server/drawbridge.js';
import { PASSWORD } from '../../support/people.js';
import { samlParty } from '../../support/saml/saml-party.js';
import { oidcParty, testConfiguration } from '../../support/start-server.js';
import { answerCommands } from './answer-commands.js';

export interface DrawbridgeOptions {
  /** `null`: the embedded stores. */
  services: { redis: string; postgres: string } | null;
  people: number;
  /** Of every password, so that hashing can be left out of what is measured. */
  cost: { memoryKiB: number; iterations: number };
  /** PEM of a service provider called `intranet`, which signs its requests; absent: there is none. */
  samlCertificate?: string;
}

export interface DrawbridgeReady {
  url: string;
  people: { username: string; secret: string }[];
}

/** A whole Drawbridge with people who can sign in, logging as in production. */
const options = JSON.parse(process.argv[2] ?? '') as DrawbridgeOptions;
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
const server = createServer();
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const url = `http://localhost:${port}`;
const defaults = testConfiguration(url, port, folder);
const { services, samlCertificate } = options;
const relyingParties = [oidcParty('payroll', {})];
if (samlCertificate !== undefined) {
  relyingParties.push(
    samlParty(
      'intranet',
      { require_signed_requests: true },
      { metadata: { signingCertificates: [samlCertificate] } },
    ),
  );
}
const drawbridge = await createDrawbridge(
  {
    ...defaults,
    passwords: { ...defaults.passwords, ...options.cost },
    ...(services === null
      ? {}
      : { redis: { url: services.redis }, database: { url: services.postgres } }),
  },
  {
    relyingParties: () =>
      Promise.resolve(
        createReplaceableRegistry(relyingParties, (error) => {
          throw error;
        }),
      ),
  },
);
server.on('request', drawbridge.app);

const importTotp = createTotpImport(drawbridge.base);
const people: DrawbridgeReady['people'] = [];
for (let count = 0; count < options.people; count += 1) {
  const username = `person${count}`;
  const secret = new Secret({ size: 20 }).base32;
  const { parts, base } = drawbridge;
  const added = await parts.people.add({
    username,
    name: `Person ${count}`,
    mail: `${username}@example.org`,
    groups: ['staff'],
  });
  const set = await parts.passwords.setPassword(added, PASSWORD);
  if (!set.ok) throw new Error(set.failure);
  await base.database.transaction((tx) => importTotp(tx, added.id, secret));
  people.push({ username, secret });
}

answerCommands({ url, people } satisfies DrawbridgeReady, async () => {
  server.closeAllConnections();
  server.close();
  await drawbridge.close();
  rmSync(folder, { recursive: true, force: true });
});
