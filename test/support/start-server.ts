import { createServer, type Server } from 'node:http';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Configuration } from '../../src/config/configuration.js';
import { PublicUrl } from '../../src/config/public-url.js';
import { createLogger } from '../../src/audit/log-writer.js';
import { systemClock, type Clock } from '../../src/kernel/clock.js';
import { createReplaceableRegistry } from '../../src/relying-parties/replaceable-registry.js';
import type { RelyingParty } from '../../src/relying-parties/relying-party.js';
import { prepareToReceive } from '../../src/saml-core/receive-message.js';
import { oidcSettings, type OidcSettings } from '../../src/protocols/oidc/client-settings.js';
import {
  createDrawbridge,
  type Drawbridge,
  type DrawbridgeChoices,
} from '../../src/server/drawbridge.js';
import { freshSharedStores } from './cluster/shared-stores.js';
import { startNodes, type Nodes } from './cluster/start-nodes.js';
import { layeredParties } from './layered-parties.js';
import { toyChoices } from './toy/toy-choices.js';

/**
 * A whole Drawbridge, listening on a free port of `localhost`. It is one of this process on embedded stores, or, where
 * the run asks for it (`DRAWBRIDGE_TEST_PROCESSES`), several processes that answer in turn on Redis and PostgreSQL.
 */
export interface TestServer {
  url: string;
  /** On the stores of the server; with several processes it is one more, which answers no request. */
  drawbridge: Drawbridge;
  registry: ReturnType<typeof createReplaceableRegistry>;
  /** Every log line, for canaries. */
  log: string[];
  folder: string;
  /** The processes, where there are several. */
  nodes: Nodes | null;
  close(): Promise<void>;
}

export interface TestServerOptions {
  relyingParties: RelyingParty[];
  /** What differs from `testConfiguration`; a function when it depends on the address. */
  configuration?: Partial<Configuration> | ((url: string) => Partial<Configuration>);
  /** Functions, which stay in this process: not for tests that run with several. */
  choices?: Partial<DrawbridgeChoices>;
  /** With the toy protocol, and with the toy factor for these people. */
  toys?: readonly string[];
  clock?: Clock;
  /** Processes that answer in turn; by default what the run asks for. */
  processes?: number;
  /** What the processes share, for tests that stop and start it; by default a part of the run's own. */
  stores?: Pick<Configuration, 'redis' | 'database'>;
}

export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-test-'));
  const server = createServer();
  // As in production: a client may use a connection again while this busy process would be closing it.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://localhost:${port}`;
  const log: string[] = [];
  const clock = options.clock ?? systemClock;
  const registry = createReplaceableRegistry(options.relyingParties, (error) => {
    throw error;
  });
  const { configuration } = options;
  const changes = typeof configuration === 'function' ? configuration(url) : configuration;
  const count = options.processes ?? Number(process.env['DRAWBRIDGE_TEST_PROCESSES'] ?? '1');
  if (count > 1 && options.choices !== undefined) throw new Error('functions stay in one process');
  const fresh = count > 1 && options.stores === undefined ? await freshSharedStores() : null;
  const stores = options.stores ?? fresh?.configuration;
  const whole = { ...testConfiguration(url, port, folder), ...stores, ...changes };
  const onLog = (line: string) => log.push(line);
  const drawbridge = await createDrawbridge(whole, {
    clock,
    logger: createLogger({ write: onLog, clock, level: 'debug' }),
    relyingParties: layeredParties(registry),
    ...(options.toys === undefined ? {} : toyChoices(clock, options.toys)),
    ...options.choices,
  });
  const nodes =
    count > 1
      ? await startNodes({
          ...options,
          server,
          count,
          configuration: whole,
          registry,
          clock,
          onLog,
        })
      : null;
  if (nodes === null) server.on('request', drawbridge.app);
  // It is loaded behind a server's start, and jest refuses for good what is loaded between a hook and its test.
  if (registry.ofProtocol('saml').length > 0) await prepareToReceive();
  return {
    url,
    drawbridge,
    registry,
    log,
    folder,
    nodes,
    close: async () => {
      await closeServer(server);
      await nodes?.stop();
      await drawbridge.close();
      await fresh?.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

export function testConfiguration(url: string, port: number, folder: string): Configuration {
  const minute = 60_000;
  return {
    mode: 'configured',
    production: false,
    file: null,
    dataFolder: folder,
    publicUrl: new PublicUrl(url),
    listen: { host: '127.0.0.1', port },
    trustedProxies: [],
    organisation: { name: 'Northwind', supportContact: null },
    redis: null,
    database: { file: join(folder, 'drawbridge.sqlite') },
    encryptionKeys: { current: randomBytes(32), previous: [] },
    relyingPartyFiles: [],
    issuers: [{ id: 'default', entityId: url, domains: [] }],
    profileDomains: [],
    session: { idle: 30 * minute, absolute: 720 * minute },
    policy: { factors: 2, maxAge: null, rules: [], enrolment: 'at-sign-in' },
    passwords: {
      minLength: 8,
      blocklistFile: null,
      memoryKiB: 19_456,
      iterations: 2,
      parallelism: 1,
      queueLength: 100,
    },
    lockout: { attempts: 10, window: 15 * minute, duration: 15 * minute },
    mail: { kind: 'folder', folder: join(folder, 'mail') },
    adminMail: null,
    languages: { default: 'en' },
    oidc: {
      accessTokenLifetime: 10 * minute,
      refreshTokenLifetime: 43_200 * minute,
      idTokenLifetime: 10 * minute,
      codeLifetime: minute,
      privateHosts: [],
      registration: 'off',
      resources: [],
    },
    authenticator: {
      requestLifetime: 2 * minute,
      numberDigits: 2,
      offlineCodes: true,
      revocationEnds: 'sessions-of-phone',
      activationLifetime: 1_440 * minute,
      pushServices: ['fcm.googleapis.com'],
      places: [],
    },
    helpDesk: { protectedGroups: [] },
    metrics: { enabled: true, allowFrom: [] },
  };
}

/** A relying party as it would come out of a file. */
export function oidcParty(
  id: string,
  settings: Partial<OidcSettings>,
  more: Partial<RelyingParty> = {},
): RelyingParty {
  return {
    id,
    name: `Service ${id}`,
    protocol: 'oidc',
    homeUrl: null,
    enabled: true,
    thirdParty: false,
    policy: { factors: 2, maxAge: null, allowedFactors: null, groups: null },
    settings: oidcSettings.parse({
      client_id: id,
      client_secret: `secret-of-${id}-0123456789`,
      redirect_uris: ['http://127.0.0.1:7100/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      ...settings,
    }),
    ...more,
  };
}
