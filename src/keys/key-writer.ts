import type { Clock } from '../kernel/clock.js';
import { announce } from '../storage/sql/change-feed.js';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import { generateSigningKey } from './generate-key.js';
import type { GeneratedKey } from './generate-key.js';
import type { KeyAudit } from './key-audit.js';
import { keyRow, liveRows, takeTurns } from './key-rows.js';
import type { KeyPurpose, SigningKey } from './key-store.js';
import type { Sealer } from './sealer.js';

/** A stolen key retires this long ago, so that it is gone on servers whose clock is behind, too. */
const clockToleranceMs = 60_000;

type Algorithm = SigningKey['algorithm'];

export interface KeyWriterDeps {
  database: SqlDatabase;
  sealer: Sealer;
  clock: Clock;
  audit: KeyAudit;
}

/** Changes the keys in SQL; the change feed tells everybody who has them in memory. */
export class KeyWriter {
  readonly #deps: KeyWriterDeps;

  constructor(deps: KeyWriterDeps) {
    this.#deps = deps;
  }

  /** Makes what is missing, in use at once. Of parallel callers one makes the keys. */
  async ensure(
    issuer: string,
    purpose: KeyPurpose,
    algorithms: readonly Algorithm[],
  ): Promise<void> {
    const { database, clock } = this.#deps;
    const absent = async (db: Queryable): Promise<Algorithm[]> => {
      const rows = await liveRows(db, issuer, purpose, clock.now());
      return algorithms.filter((algorithm) => !rows.some((row) => row.algorithm === algorithm));
    };
    const missing = await absent(database.db);
    if (missing.length === 0) return;
    const generated = await Promise.all(missing.map(generateSigningKey));
    await database.transaction(async (tx) => {
      const now = clock.now();
      await takeTurns(tx, issuer, now);
      const stillAbsent = await absent(tx);
      const needed = generated.filter((key) => stillAbsent.includes(key.algorithm));
      for (const key of needed) await this.#add(tx, key, { issuer, purpose, now, useFrom: now });
      if (needed.length > 0) await announce(tx, 'keys', clock);
    });
  }

  /**
   * Publishes the next key now and takes it into use after the lead; the one it replaces retires after the overlap.
   * While a key waits to be used, asking again changes nothing. Returns the kid of the next key.
   */
  async rotate(
    issuer: string,
    purpose: KeyPurpose,
    algorithm: Algorithm,
    times: { publishLeadMs: number; overlapMs: number },
  ): Promise<string> {
    const { database, clock } = this.#deps;
    const key = await generateSigningKey(algorithm);
    return database.transaction(async (tx) => {
      const now = clock.now();
      await takeTurns(tx, issuer, now);
      const live = (await liveRows(tx, issuer, purpose, now)).filter(
        (row) => row.algorithm === algorithm,
      );
      const waiting = live.find((row) => row.use_from > now);
      if (waiting !== undefined) return waiting.kid;
      const useFrom = now + times.publishLeadMs;
      await this.#add(tx, key, { issuer, purpose, now, useFrom });
      const replaced = live.filter((row) => row.retire_at === null).map((row) => row.kid);
      await this.#retire(tx, replaced, useFrom + times.overlapMs, key.kid);
      await announce(tx, 'keys', clock);
      return key.kid;
    });
  }

  /** After a theft: a new key signs now, and all others of the algorithm are gone, waiting ones included. */
  async replaceNow(issuer: string, purpose: KeyPurpose, algorithm: Algorithm): Promise<string> {
    const { database, clock } = this.#deps;
    const key = await generateSigningKey(algorithm);
    return database.transaction(async (tx) => {
      const now = clock.now();
      await takeTurns(tx, issuer, now);
      const live = await liveRows(tx, issuer, purpose, now);
      const gone = live.filter((row) => row.algorithm === algorithm).map((row) => row.kid);
      await this.#add(tx, key, { issuer, purpose, now, useFrom: now });
      await this.#retire(tx, gone, now - clockToleranceMs, key.kid);
      await announce(tx, 'keys', clock);
      return key.kid;
    });
  }

  async #add(
    tx: Queryable,
    key: GeneratedKey,
    place: { issuer: string; purpose: KeyPurpose; now: number; useFrom: number },
  ): Promise<void> {
    const { sealer, audit } = this.#deps;
    const { issuer, purpose, now, useFrom } = place;
    await tx
      .insertInto('signing_keys')
      .values(keyRow(key, { issuer, purpose, publishedAt: now, useFrom }, sealer))
      .execute();
    const data = { kid: key.kid, issuer, purpose, algorithm: key.algorithm, use_from: useFrom };
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
