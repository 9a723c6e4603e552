import type { Clock } from '../../kernel/clock.js';
import type { Queryable, SqlDatabase } from './sql-database.js';
import { FeedPosition } from './feed-position.js';

/** Tells running servers of a change; in the transaction of the change, so that it is told exactly when it happened. */
export async function announce(db: Queryable, topic: string, clock: Clock): Promise<void> {
  await db.insertInto('change_feed').values({ topic, at: clock.now() }).execute();
}

/** Called after a change of its topic, also when one may have been missed; reads the new state itself. */
export type ChangeListener = () => void | Promise<void>;

/** Hears what other nodes and the CLI (and this process) announced, within about `pollMs`. */
export interface ChangeFeed {
  subscribe(topic: string, listener: ChangeListener): () => void;
  /** From when this resolves, every later announcement is heard. Does not throw when the database is away. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ChangeFeedDeps {
  database: SqlDatabase;
  clock: Clock;
  pollMs?: number;
  /** Told of failed polls and listeners; the feed goes on by itself. */
  onError?: (error: unknown) => void;
}

const ROWS_KEPT_MS = 60 * 60_000;
const POLLS_BETWEEN_PRUNING = 500;

export function createChangeFeed(deps: ChangeFeedDeps): ChangeFeed {
  return new PollingChangeFeed(deps);
}

class PollingChangeFeed implements ChangeFeed {
  readonly #database: SqlDatabase;
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Map<string, Set<ChangeListener>>();
  readonly #position = new FeedPosition();
  #lastHeardAt: number | undefined;
  #polls = 0;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: ChangeFeedDeps) {
    this.#database = deps.database;
    this.#clock = deps.clock;
    this.#pollMs = deps.pollMs ?? 400;
    this.#onError = deps.onError ?? (() => {});
  }

  subscribe(topic: string, listener: ChangeListener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  async start(): Promise<void> {
    this.#stopped = false;
    try {
      await this.#takePosition();
      this.#lastHeardAt = this.#clock.now();
    } catch (error) {
      this.#onError(error);
    }
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#polling;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll()
        .catch(this.#onError)
        .then(() => this.#schedule());
    }, this.#pollMs);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    const now = this.#clock.now();
    // Never positioned, or away for so long that rows may have been pruned meanwhile: anything may have changed.
    if (this.#lastHeardAt === undefined || now - this.#lastHeardAt > ROWS_KEPT_MS / 2) {
      await this.#takePosition();
      this.#lastHeardAt = now;
      await this.#notify([...this.#listeners.keys()]);
      return;
    }
    const rows = await this.#rowsAfter(this.#position.low);
    this.#lastHeardAt = now;
    const fresh = rows.filter((row) => this.#position.isNew(row.seq));
    this.#position.advance(rows.map((row) => row.seq));
    await this.#notify([...new Set(fresh.map((row) => row.topic))]);
    this.#polls += 1;
    if (this.#polls % POLLS_BETWEEN_PRUNING === 0) await this.#prune(now);
  }

  async #takePosition(): Promise<void> {
    const newest = await this.#database.db
      .selectFrom('change_feed')
      .select((expression) => expression.fn.max('seq').as('seq'))
      .executeTakeFirst();
    this.#position.startAt(newest?.seq ?? 0);
    const rows = await this.#rowsAfter(this.#position.low);
    this.#position.advance(rows.map((row) => row.seq));
  }

  #rowsAfter(seq: number): Promise<{ seq: number; topic: string }[]> {
    const feed = this.#database.db.selectFrom('change_feed').select(['seq', 'topic']);
    return feed.where('seq', '>', seq).orderBy('seq').execute();
  }

  async #notify(topics: readonly string[]): Promise<void> {
    for (const listener of topics.flatMap((topic) => [...(this.#listeners.get(topic) ?? [])])) {
      try {
        await listener();
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  async #prune(now: number): Promise<void> {
    const old = this.#database.db.deleteFrom('change_feed').where('at', '<', now - ROWS_KEPT_MS);
    await old.execute();
  }
}
