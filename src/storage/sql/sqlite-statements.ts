import type Database from 'libsql';
import type { QueryResult } from 'kysely';
import { safeNumber, type SqlParameter } from './sql-values.js';

/** Statements are few; what is written with a list of changing length makes a text of its own for each length. */
const KEPT = 256;

interface Prepared {
  statement: Database.Statement;
  givesRows: boolean;
}

/** Runs statements on one connection, and keeps them prepared: preparing takes longer than most of them run. */
export class SqliteStatements {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  run<Row>(sql: string, parameters: SqlParameter[]): QueryResult<Row> {
    const { statement, givesRows } = this.#prepare(sql);
    if (givesRows) {
      const rows = statement.all(parameters) as Record<string, unknown>[];
      return { rows: rows.map(toRow) as Row[] };
    }
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, givesRows: statement.reader };
    if (this.#prepared.size >= KEPT) {
      const [oldest] = this.#prepared.keys();
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

function toRow(columns: Record<string, unknown>): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(columns)) {
    if (typeof value === 'bigint') row[name] = safeNumber(value);
    else row[name] = value instanceof ArrayBuffer ? Buffer.from(value) : value;
  }
  return row;
}
