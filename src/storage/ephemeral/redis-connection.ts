import { Redis } from 'ioredis';
import { DependencyUnavailable } from '../../kernel/errors.js';
import { isMoved, isUnavailable } from './redis-refusals.js';

/** One Redis server, or a primary that Sentinels know by `name`. */
export type RedisOptions = (
  | { url: string }
  | { sentinels: readonly { host: string; port: number }[]; name: string; password?: string }
) & {
  /** Put before every key, so that several deployments can share a server. */
  keyPrefix?: string;
};

const COMMAND_TIMEOUT_MS = 2_000;
/** How long a request waits for a connection that is expected back at once (start-up, one lost connection). */
const READY_WAIT_MS = 1_000;
const RECONNECT_CAP_MS = 1_000;

/**
 * A connection whose commands fail fast while Redis is down and work again, without a restart, once it is back.
 * ioredis's own offline queue and resending stay off: a queue holds requests for as long as the outage lasts,
 * and a resent `GETDEL` or counter may be carried out twice.
 */
export class RedisConnection {
  readonly redis: Redis;
  #knownDown = false;
  #closedSinceReady = 0;
  #isClosing = false;

  constructor(options: RedisOptions) {
    this.redis = connect(options);
    this.redis.on('ready', () => {
      this.#knownDown = false;
      this.#closedSinceReady = 0;
    });
    this.redis.on('close', () => {
      this.#closedSinceReady += 1;
      // The first close is the loss itself; a second one is a reconnection that failed.
      if (this.#closedSinceReady > 1) this.#knownDown = true;
    });
    // ioredis gives up for good when a failover is announced while it asks a Sentinel where to connect to.
    this.redis.on('end', () => {
      this.#knownDown = true;
      setTimeout(() => this.#beginAnew(), RECONNECT_CAP_MS).unref();
    });
    // An unheard 'error' event would end the process; what failed is told by the command that fails.
    this.redis.on('error', () => {});
  }

  /** @throws DependencyUnavailable when Redis does not answer or cannot write */
  async run<Value>(command: (redis: Redis) => Promise<Value>): Promise<Value> {
    await this.#ready();
    try {
      return await command(this.redis);
    } catch (error) {
      // A silent connection must not stay the one that is used: a firewall may have forgotten it.
      if (isTimeout(error)) this.redis.disconnect(true);
      if (!(error instanceof Error && isMoved(error.message))) throw translate(error);
    }
    this.redis.disconnect(true);
    await this.#ready();
    return command(this.redis).catch((error: unknown) => {
      throw translate(error);
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.redis.disconnect();
  }

  #beginAnew(): void {
    if (this.#isClosing || this.redis.status !== 'end') return;
    // Should it fail, it ends again.
    this.redis.connect().catch(() => {});
  }

  async #ready(): Promise<void> {
    if (this.redis.status === 'ready') return;
    if (this.#knownDown || this.redis.status === 'end') throw new DependencyUnavailable('Redis');
    await new Promise<void>((resolve, reject) => {
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        this.redis.off('ready', succeed);
        this.redis.off('close', failIfDown);
        outcome();
      };
      const fail = () => settle(() => reject(new DependencyUnavailable('Redis')));
      const succeed = () => settle(resolve);
      const failIfDown = () => {
        if (this.#knownDown) fail();
      };
      const timer = setTimeout(() => {
        this.#knownDown = true;
        fail();
      }, READY_WAIT_MS);
      this.redis.on('ready', succeed);
      this.redis.on('close', failIfDown);
    });
  }
}

function connect(options: RedisOptions): Redis {
  const common = {
    protocol: 2 as const,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    // Closing waits this long even when the connection is gone already; by default two seconds.
    disconnectTimeout: 200,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: backoff,
    keyPrefix: options.keyPrefix ?? '',
  };
  if ('url' in options) return new Redis(options.url, common);
  return new Redis({
    ...common,
    sentinels: [...options.sentinels],
    name: options.name,
    ...(options.password === undefined ? {} : { password: options.password }),
    failoverDetector: true,
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
    sentinelRetryStrategy: backoff,
    sentinelReconnectStrategy: backoff,
  });
}

function backoff(attempt: number): number {
  return Math.min(50 * attempt, RECONNECT_CAP_MS);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Command timed out';
}

function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const isReply = error.name === 'ReplyError';
  if (isReply && !isUnavailable(error.message)) return error;
  return new DependencyUnavailable('Redis', error);
}
