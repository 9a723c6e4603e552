import { describeProblem } from '../config/configuration-problem.js';
import { loadConfiguration } from '../config/load-configuration.js';
import { migrate } from '../storage/sql/migrate.js';
import { openSqlDatabase } from '../storage/sql/open-sql-database.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import { printLine } from './command.js';
import type { CommandIo } from './command.js';

/**
 * Opens the database that the configuration names, creating and migrating it, so that commands work before the
 * first start. A wrong configuration is printed and ends with 1.
 */
export async function withConfiguredDatabase(
  io: CommandIo,
  work: (database: SqlDatabase) => Promise<number>,
): Promise<number> {
  const loaded = await loadConfiguration(io.env, io.cwd);
  if (!loaded.ok) {
    for (const problem of loaded.failure) printLine(io.stderr, describeProblem(problem));
    return 1;
  }
  const database = await openSqlDatabase(loaded.value.database);
  try {
    await migrate(database);
    return await work(database);
  } finally {
    await database.close();
  }
}
