import { createAuditLog } from '../audit/create-audit-log.js';
import { createLogger } from '../audit/log-writer.js';
import { createMetrics } from '../audit/metrics.js';
import { systemClock } from '../kernel/clock.js';
import { systemRandom } from '../kernel/random.js';
import { InitialTokens } from '../protocols/oidc/registration/initial-tokens.js';
import { printLine, type CommandIo } from './command.js';
import { withConfiguredDatabase } from './configured-database.js';

/** Opens the initial access tokens of the configured database; a wrong configuration is printed and ends with 1. */
export function withRegistrationTokens(
  io: CommandIo,
  work: (tokens: InitialTokens) => Promise<number>,
): Promise<number> {
  return withConfiguredDatabase(io, async (database) => {
    const [clock, random] = [systemClock, systemRandom];
    const audit = createAuditLog({
      database,
      clock,
      random,
      logger: createLogger({ write: (line) => printLine(io.stderr, line), clock, level: 'warn' }),
      metrics: createMetrics({ routes: [], factors: [], jobs: [] }),
    });
    try {
      return await work(new InitialTokens({ database, audit, clock, random }));
    } finally {
      await audit.close();
    }
  });
}
