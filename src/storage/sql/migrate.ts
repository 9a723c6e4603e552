import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { DrawbridgeError } from '../../kernel/errors.js';
import { allMigrations } from './migrations/all-migrations.js';
import { DIALECT_WORDS, type Migration } from './migrations/migration.js';
import type { Queryable, SqlDatabase } from './sql-database.js';

/** What this database remembers of a migration is not what this version of the product would run. */
export class MigrationChanged extends DrawbridgeError {
  constructor(name: string) {
    super(
      'migration_changed',
      `migration ${name} was applied in another form than this version holds`,
    );
  }
}

/** Chosen once; every version must use the same number to keep the others out. */
const ADVISORY_LOCK = 7_310_220_140;

/**
 * Brings the schema up to date and returns the names of what was applied. All in one transaction, which waits for
 * any other caller (another node, the CLI): it is done as a whole, once, and starts over after a crash. Names it
 * does not know are left alone: a newer version has been here, and its changes only added.
 * @throws MigrationChanged
 */
export async function migrate(
  database: SqlDatabase,
  migrations: readonly Migration[] = allMigrations,
): Promise<string[]> {
  // Read committed on PostgreSQL: what another caller did must be seen after waiting for it.
  const transaction = database.db.transaction().setIsolationLevel('read committed');
  return transaction.execute(async (tx) => {
    if (database.dialect === 'postgres') await waitForOthers(tx);
    const recorded = await recordedChecksums(tx);
    const applied: string[] = [];
    for (const migration of migrations) {
      const statements = migration.statements(DIALECT_WORDS[database.dialect]);
      const checksum = createHash('sha256').update(statements.join('\n')).digest('hex');
      const known = recorded.get(migration.name);
      if (known !== undefined && known !== checksum) throw new MigrationChanged(migration.name);
      if (known !== undefined) continue;
      for (const statement of statements) await sql.raw(statement).execute(tx);
      await sql`insert into schema_migrations (name, checksum) values (${migration.name}, ${checksum})`.execute(
        tx,
      );
      applied.push(migration.name);
    }
    return applied;
  });
}

/** Long work is normal here, so the limits meant for requests do not apply. */
async function waitForOthers(tx: Queryable): Promise<void> {
  await sql`select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)`.execute(
    tx,
  );
  await sql`select pg_advisory_xact_lock(${sql.lit(ADVISORY_LOCK)})`.execute(tx);
}

async function recordedChecksums(tx: Queryable): Promise<Map<string, string>> {
  await sql`create table if not exists schema_migrations (
    name text primary key,
    checksum text not null,
    applied_at text not null default current_timestamp
  )`.execute(tx);
  const { rows } = await sql<{ name: string; checksum: string }>`
    select name, checksum from schema_migrations`.execute(tx);
  return new Map(rows.map((row) => [row.name, row.checksum]));
}
