import type { Clock } from '../kernel/clock.js';
import type { RandomSource } from '../kernel/random.js';
import { announce } from '../storage/sql/change-feed.js';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import { generateSigningKey } from './generate-key.js';
import type { GeneratedKey, KeyKind } from './generate-key.js';
import type { KeyAudit } from './key-audit.js';
import { issuerName, keyRow, liveRows, takeTurns } from './key-rows.js';
import type { Sealer } from './sealer.js';

/** A stolen key retires this long ago, so that it is gone on servers whose clock is behind, too. */
const clockToleranceMs = 60_000;

export interface KeyWriterDeps {
  database: SqlDatabase;
  sealer: Sealer;
  clock: Clock;
  random: RandomSource;
  audit: KeyAudit;
}

/** Changes the keys in SQL; the change feed tells everybody who has them in memory. */
export class KeyWriter {
  readonly #deps: KeyWriterDeps;

  constructor(deps: KeyWriterDeps) {
    this.#deps = deps;
  }

  /** Makes what is missing, in use at once. Of parallel callers one makes the keys. */
  async ensure(issuer: string, wanted: readonly KeyKind[]): Promise<void> {
    const { database, clock } = this.#deps;
    const absent = async (db: Queryable): Promise<KeyKind[]> => {
      const rows = await liveRows(db, issuer, clock.now());
      return wanted.filter((kind) => !rows.some((row) => isOf(row, kind)));
    };
    const missing = await absent(database.db);
    if (missing.length === 0) return;
    const generated = await this.#generate(issuer, missing);
    await database.transaction(async (tx) => {
      const now = clock.now();
      await takeTurns(tx, issuer, now);
      const stillAbsent = await absent(tx);
      const needed = generated.filter((key) => stillAbsent.some((kind) => isOf(key, kind)));
      for (const key of needed) await this.#add(tx, key, { issuer, now, useFrom: now });
      if (needed.length > 0) await announce(tx, 'keys', clock);
    });
  }

  /**
   * Publishes the next key now and takes it into use after the lead; the one it replaces retires after the overlap.
   * While a key waits to be used, asking again changes nothing. Returns the kid of the next key.
   */
  async rotate(
    issuer: string,
    kind: KeyKind,
    times: { publishLeadMs: number; overlapMs: number },
  ): Promise<string> {
    const { database, clock } = this.#deps;
    const [key] = await this.#generate(issuer, [kind] as const);
    return database.transaction(async (tx) => {
      const now = clock.now();
      await takeTurns(tx, issuer, now);
      const live = (await liveRows(tx, issuer, now)).filter((row) => isOf(row, kind));
      const waiting = live.find((row) => row.use_from > now);
      if (waiting !== undefined) return waiting.kid;
      const useFrom = now + times.publishLeadMs;
      await this.#add(tx, key, { issuer, now, useFrom });
      const replaced = live.filter((row) => row.retire_at === null).map((row) => row.kid);
      await this.#retire(tx, replaced, useFrom + times.overlapMs, key.kid);
      await announce(tx, 'keys', clock);
      return key.kid;
    });
  }

  /** After a theft: a new key signs now, and all others of the kind are gone, waiting ones included. */
  async replaceNow(issuer: string, kind: KeyKind): Promise<string> {
    const { database, clock } = this.#deps;
    const [key] = await this.#generate(issuer, [kind] as const);
    return database.transaction(async (tx) => {
      const now = clock.now();
      await takeTurns(tx, issuer, now);
      const live = await liveRows(tx, issuer, now);
      const gone = live.filter((row) => isOf(row, kind)).map((row) => row.kid);
      await this.#add(tx, key, { issuer, now, useFrom: now });
      await this.#retire(tx, gone, now - clockToleranceMs, key.kid);
      await announce(tx, 'keys', clock);
      return key.kid;
    });
  }

  /** All at once, one for each kind. */
  async #generate<Kinds extends readonly KeyKind[]>(
    issuer: string,
    kinds: Kinds,
  ): Promise<{ [At in keyof Kinds]: GeneratedKey }> {
    const { database, clock, random } = this.#deps;
    const certified = {
      name: await issuerName(database.db, issuer),
      now: clock.now(),
      random,
    };
    const keys = await Promise.all(kinds.map((kind) => generateSigningKey(kind, certified)));
    return keys as { [At in keyof Kinds]: GeneratedKey };
  }

  async #add(
    tx: Queryable,
    key: GeneratedKey,
    place: { issuer: string; now: number; useFrom: number },
  ): Promise<void> {
    const { sealer, audit } = this.#deps;
    const { issuer, now, useFrom } = place;
    const { kid, purpose, algorithm } = key;
    await tx
      .insertInto('signing_keys')
      .values(keyRow(key, { issuer, publishedAt: now, useFrom }, sealer))
      .execute();
    const data = { kid, issuer, purpose, algorithm, use_from: useFrom };
    await audit.recordIn(tx, { kind: 'key.published', data });
  }

  async #retire(
    tx: Queryable,
    kids: readonly string[],
    retireAt: number,
    replacedBy: string,
  ): Promise<void> {
    for (const kid of kids) {
      await tx
        .updateTable('signing_keys')
        .set({ retire_at: retireAt })
        .where('kid', '=', kid)
        .execute();
      const data = { kid, retire_at: retireAt, replaced_by: replacedBy };
      await this.#deps.audit.recordIn(tx, { kind: 'key.retired', data });
    }
  }
}

const isOf = (row: { purpose: string; algorithm: string }, kind: KeyKind): boolean =>
  row.purpose === kind.purpose && row.algorithm === kind.algorithm;
