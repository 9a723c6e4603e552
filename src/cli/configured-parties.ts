import type { AuditLog } from '../audit/audit-log.js';
import { createAuditLog } from '../audit/create-audit-log.js';
import { createLogger } from '../audit/log-writer.js';
import { createMetrics } from '../audit/metrics.js';
import { describeProblem } from '../config/configuration-problem.js';
import type { Configuration } from '../config/configuration.js';
import { loadConfiguration } from '../config/load-configuration.js';
import { systemClock, type Clock } from '../kernel/clock.js';
import { systemRandom } from '../kernel/random.js';
import { createSealer } from '../keys/aes-gcm-sealer.js';
import type { Sealer } from '../keys/sealer.js';
import type { PolicyDefaults, ProtocolSection } from '../relying-parties/relying-party-document.js';
import { readRelyingPartyFiles } from '../relying-parties/relying-party-files.js';
import type { RelyingParty } from '../relying-parties/relying-party.js';
import { createProtocolSections } from '../server/protocol-sections.js';
import { migrate } from '../storage/sql/migrate.js';
import { openSqlDatabase } from '../storage/sql/open-sql-database.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import { printLine, type CommandIo } from './command.js';

/** What the commands about relying parties work with. */
export interface PartyCommandParts {
  configuration: Configuration;
  database: SqlDatabase;
  audit: AuditLog;
  clock: Clock;
  sealer: Sealer;
  sections: readonly ProtocolSection[];
  defaults: PolicyDefaults;
  /** Those of the files; whose time is over is among them, which is no reason to refuse a command about another. */
  inFiles: readonly RelyingParty[];
}

/** Opens what the configuration names; a wrong one is printed and ends with 1. */
export async function withConfiguredParties(
  io: CommandIo,
  work: (parts: PartyCommandParts) => Promise<number>,
): Promise<number> {
  const loaded = await loadConfiguration(io.env, io.cwd);
  if (!loaded.ok) {
    for (const problem of loaded.failure) printLine(io.stderr, describeProblem(problem));
    return 1;
  }
  const configuration = loaded.value;
  const [clock, random] = [systemClock, systemRandom];
  const sections = createProtocolSections({ clock, refuseExpired: () => false });
  const { factors, maxAge } = configuration.policy;
  const defaults = { factors, maxAge };
  const files = configuration.relyingPartyFiles;
  const inFiles = await readRelyingPartyFiles(files, io.env, sections, defaults);
  if (!inFiles.ok) {
    for (const problem of inFiles.failure) printLine(io.stderr, describeProblem(problem));
    return 1;
  }
  const database = await openSqlDatabase(configuration.database);
  const audit = createAuditLog({
    database,
    clock,
    random,
    logger: createLogger({ write: (line) => printLine(io.stderr, line), clock, level: 'warn' }),
    metrics: createMetrics({ routes: [], factors: [], jobs: [] }),
  });
  try {
    await migrate(database);
    return await work({
      configuration,
      database,
      audit,
      clock,
      sealer: createSealer(configuration.encryptionKeys, random),
      sections,
      defaults,
      inFiles: inFiles.value,
    });
  } finally {
    await audit.close();
    await database.close();
  }
}
