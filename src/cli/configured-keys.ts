import { createAuditLog } from '../audit/create-audit-log.js';
import { createLogger } from '../audit/log-writer.js';
import { createMetrics } from '../audit/metrics.js';
import { describeProblem } from '../config/configuration-problem.js';
import { loadConfiguration } from '../config/load-configuration.js';
import { issuersOf } from '../config/profile-issuers.js';
import { createIssuers, type Issuer } from '../issuers/issuers.js';
import { systemClock } from '../kernel/clock.js';
import { systemRandom } from '../kernel/random.js';
import { createSealer } from '../keys/aes-gcm-sealer.js';
import { createKeyStore, type ManagedKeyStore } from '../keys/create-key-store.js';
import type { Sealer } from '../keys/sealer.js';
import { migrate } from '../storage/sql/migrate.js';
import { openSqlDatabase } from '../storage/sql/open-sql-database.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import { printLine, type CommandIo } from './command.js';

/** What the commands about keys work with. */
export interface KeyCommandParts {
  database: SqlDatabase;
  sealer: Sealer;
  keys: ManagedKeyStore;
  issuers: readonly Issuer[];
}

/** Opens what the configuration names; a wrong configuration is printed and ends with 1. */
export async function withConfiguredKeys(
  io: CommandIo,
  work: (parts: KeyCommandParts) => Promise<number>,
): Promise<number> {
  const loaded = await loadConfiguration(io.env, io.cwd);
  if (!loaded.ok) {
    for (const problem of loaded.failure) printLine(io.stderr, describeProblem(problem));
    return 1;
  }
  const [clock, random] = [systemClock, systemRandom];
  const database = await openSqlDatabase(loaded.value.database);
  const sealer = createSealer(loaded.value.encryptionKeys, random);
  const audit = createAuditLog({
    database,
    clock,
    random,
    logger: createLogger({ write: (line) => printLine(io.stderr, line), clock, level: 'warn' }),
    metrics: createMetrics({ routes: [], factors: [], jobs: [] }),
  });
  const keys = createKeyStore({ database, sealer, clock, random, audit });
  try {
    await migrate(database);
    const issuers = await createIssuers({ database, clock }).ensure(issuersOf(loaded.value));
    await Promise.all(issuers.map(({ id }) => keys.ensureKeys(id)));
    return await work({ database, sealer, keys, issuers });
  } finally {
    keys.close();
    await audit.close();
    await database.close();
  }
}
