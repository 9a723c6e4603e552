import { createAlarms, type Alarms } from '../audit/alarms.js';
import { createChainSealer } from '../audit/chain-sealer.js';
import { createAuditLog, type ClosableAuditLog } from '../audit/create-audit-log.js';
import { countUnsealedEvents } from '../audit/seal-batch.js';
import { createLogger, writeToStandardStreams, type Logger } from '../audit/log-writer.js';
import { createMetrics, type Metrics } from '../audit/metrics.js';
import { measureProcess } from '../audit/process-gauges.js';
import type { Configuration } from '../config/configuration.js';
import { issuersOf } from '../config/profile-issuers.js';
import { createIssuers, type Issuer } from '../issuers/issuers.js';
import { countPendingJobs } from '../jobs/job-store.js';
import { createOutbox } from '../jobs/create-outbox.js';
import type { Outbox } from '../jobs/outbox.js';
import { systemClock, type Clock } from '../kernel/clock.js';
import { newPrefixedId } from '../kernel/prefixed-id.js';
import { systemRandom, type RandomSource } from '../kernel/random.js';
import { createSealer } from '../keys/aes-gcm-sealer.js';
import { createKeyStore, type ManagedKeyStore } from '../keys/create-key-store.js';
import type { Sealer } from '../keys/sealer.js';
import { createAlarmMail } from '../mail/alarm-mail.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import { createMemoryEphemeralStore } from '../storage/ephemeral/memory-ephemeral-store.js';
import { createMemorySignals } from '../storage/ephemeral/memory-signals.js';
import { createRedisEphemeralStore } from '../storage/ephemeral/redis-ephemeral-store.js';
import { createRedisSignals } from '../storage/ephemeral/redis-signals.js';
import type { Signals } from '../storage/ephemeral/signals.js';
import { createChangeFeed, type ChangeFeed } from '../storage/sql/change-feed.js';
import { acquireEmbeddedLock } from '../storage/sql/embedded-lock.js';
import { migrate } from '../storage/sql/migrate.js';
import { openSqlDatabase } from '../storage/sql/open-sql-database.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';

/** What the parts stand on: stores, keys, audit, time. */
export interface Foundations {
  clock: Clock;
  random: RandomSource;
  logger: Logger;
  metrics: Metrics;
  database: SqlDatabase;
  store: EphemeralStore;
  signals: Signals;
  sealer: Sealer;
  changeFeed: ChangeFeed;
  audit: ClosableAuditLog;
  alarms: Alarms;
  outbox: Outbox;
  /** The default one first. */
  issuers: readonly Issuer[];
  keys: ManagedKeyStore;
  /** Unique among the processes that share the database. */
  holder: string;
  /** In the order in which they must happen. */
  closers: (() => Promise<void> | void)[];
}

export interface FoundationChoices {
  clock?: Clock;
  random?: RandomSource;
  logger?: Logger;
  /** Called when this process has queued work, so that it is done at once. */
  onQueued: () => void;
}

/** @throws EmbeddedDatabaseInUse, DependencyUnavailable */
export async function layFoundations(
  configuration: Configuration,
  choices: FoundationChoices,
): Promise<Foundations> {
  const clock = choices.clock ?? systemClock;
  const random = choices.random ?? systemRandom;
  const logger =
    choices.logger ?? createLogger({ write: writeToStandardStreams, clock, level: 'info' });
  const metrics = createMetrics({
    routes: [...routeNames],
    factors: ['password', 'otp', 'push', 'recovery-code'],
    jobs: ['mail', 'password-reset-request', 'backchannel-logout'],
  });
  const closers: Foundations['closers'] = [];
  const { database: place } = configuration;
  if ('file' in place) {
    const lock = acquireEmbeddedLock(place.file, clock);
    closers.unshift(() => {
      lock.release();
    });
  }
  const database = await openSqlDatabase(place);
  closers.unshift(() => database.close());
  await migrate(database);
  const store =
    configuration.redis === null
      ? createMemoryEphemeralStore(clock)
      : createRedisEphemeralStore(configuration.redis);
  closers.unshift(() => store.close());
  const signals =
    configuration.redis === null ? createMemorySignals() : createRedisSignals(configuration.redis);
  closers.unshift(() => signals.close());
  const sealer = createSealer(configuration.encryptionKeys, random);
  const holder = newPrefixedId('proc', random);
  const wake = { sealer: () => {} };
  const audit = createAuditLog({
    database,
    clock,
    random,
    logger,
    metrics,
    onWritten: () => {
      wake.sealer();
    },
  });
  const outbox = createOutbox({ clock, random, sealer, onQueued: choices.onQueued });
  const alarms = createAlarms({
    audit,
    logger,
    metrics,
    notify:
      configuration.adminMail === null
        ? null
        : createAlarmMail({
            outbox,
            db: database.db,
            clock,
            to: configuration.adminMail,
            locale: configuration.languages.default,
          }),
  });
  const chainSealer = createChainSealer({ database, clock, logger, alarms, holder });
  wake.sealer = () => {
    chainSealer.wake();
  };
  chainSealer.start();
  closers.unshift(() => chainSealer.stop());
  closers.unshift(() => audit.close());
  const changeFeed = createChangeFeed({
    database,
    clock,
    onError: (error) => {
      logger.warn('change_feed.failed', {}, error);
    },
  });
  const keys = createKeyStore({
    database,
    sealer,
    clock,
    random,
    audit,
    changeFeed,
    onError: (error) => {
      logger.error('keys.failed', {}, error);
    },
  });
  // Before anything is read into memory: what is changed after the reading is then announced to somebody who listens.
  await changeFeed.start();
  const issuers = await createIssuers({ database, clock }).ensure(issuersOf(configuration));
  await Promise.all(issuers.map(({ id }) => keys.ensureKeys(id)));
  closers.unshift(() => changeFeed.stop());
  closers.unshift(() => {
    keys.close();
  });
  metrics.onCollect(async (gauges) => {
    gauges.jobsPending.set({}, await countPendingJobs(database.db));
    gauges.auditUnsealed.set({}, await countUnsealedEvents(database.db));
  });
  const stopMeasuring = measureProcess(metrics);
  closers.unshift(stopMeasuring);
  return {
    clock,
    random,
    logger,
    metrics,
    database,
    store,
    signals,
    sealer,
    changeFeed,
    audit,
    alarms,
    outbox,
    issuers,
    keys,
    holder,
    closers,
  };
}

/** Labels of the HTTP metrics: the first segment of the path where it is one of these, else `other`. */
export const routeNames: ReadonlySet<string> = new Set([
  'account',
  'api',
  'assets',
  'authenticator',
  'authorize',
  'consent',
  'device',
  'device_authorization',
  'external-mfa',
  'federationmetadata',
  'health',
  'home',
  'introspect',
  'jwks',
  'login',
  'logout',
  'metrics',
  'other',
  'par',
  'password',
  'register',
  'revoke',
  'saml',
  'token',
  'userinfo',
  'well-known',
  'wsfed',
]);
