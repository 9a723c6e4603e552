import type { ChangedBy } from '../audit/events/person-events.js';
import { createAuditLog } from '../audit/create-audit-log.js';
import { createLogger } from '../audit/log-writer.js';
import { createMetrics } from '../audit/metrics.js';
import { describeProblem } from '../config/configuration-problem.js';
import { loadConfiguration } from '../config/load-configuration.js';
import { createInvitations, type InvitePeople } from '../directory/links/invitations.js';
import { createOperatorLinks, type IssueOperatorLink } from '../directory/links/operator-links.js';
import { OneTimeLinks } from '../directory/links/one-time-links.js';
import { createLocalPeopleReader, type PeopleReader } from '../directory/local/read-people.js';
import { createPeople, type People } from '../directory/local/people.js';
import type { ImportPeopleDeps } from '../directory/import/import-people.js';
import { createOtpSecretsImport, otpSecretProblems } from '../factors/otp/import-otp-secrets.js';
import { createOtpFactor, type OtpFactor } from '../factors/otp/create-otp-factor.js';
import { createSecondFactors, type SecondFactors } from '../factors/second-factors.js';
import { createOutbox } from '../jobs/create-outbox.js';
import { systemClock } from '../kernel/clock.js';
import { systemRandom } from '../kernel/random.js';
import { createSealer } from '../keys/aes-gcm-sealer.js';
import {
  createExternalAccounts,
  type ExternalAccounts,
} from '../protocols/external-mfa/external-accounts.js';
import { tellOfVoid } from '../sessions/end-void-sessions.js';
import { migrate } from '../storage/sql/migrate.js';
import { openSqlDatabase } from '../storage/sql/open-sql-database.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import { phoneCommandParts, type PhoneCommandParts } from './phone-command-parts.js';
import { printLine, type CommandIo } from './command.js';

/** What the commands about people work with. */
export interface PersonCommandParts {
  database: SqlDatabase;
  people: People;
  reader: PeopleReader;
  importing: Omit<ImportPeopleDeps, 'invite'>;
  /** Makes links for first passwords; mails them too when `byMail`. */
  invitations(byMail: boolean): InvitePeople;
  secondFactors: SecondFactors;
  phones: PhoneCommandParts;
  otp: Pick<OtpFactor, 'answer'>;
  issuePasswordLink: IssueOperatorLink;
  externalAccounts: ExternalAccounts;
  /** May people without a second factor set one up while they sign in? */
  enrolmentAtSignIn: boolean;
  /** Milliseconds since the epoch. */
  now: number;
  /** Is there a mail server? A folder is nobody's mailbox. */
  sendsMail: boolean;
}

/** Runs a command on the parts it needs and answers with its exit code. */
export type WithPeople = (
  io: CommandIo,
  work: (parts: PersonCommandParts) => Promise<number>,
) => Promise<number>;

/** In audit rows of what the commands change. */
export const commandLine = 'command line';
export const byCommand: ChangedBy = { data: { by: commandLine } };

/**
 * Opens what the configuration names, creating and migrating the database, so that commands work before the first
 * start. A wrong configuration is printed and ends with 1.
 */
export const withConfiguredPeople: WithPeople = async (io, work) => {
  const loaded = await loadConfiguration(io.env, io.cwd);
  if (!loaded.ok) {
    for (const problem of loaded.failure) printLine(io.stderr, describeProblem(problem));
    return 1;
  }
  const configuration = loaded.value;
  const database = await openSqlDatabase(configuration.database);
  const [clock, random] = [systemClock, systemRandom];
  const sealer = createSealer(configuration.encryptionKeys, random);
  const outbox = createOutbox({ clock, random, sealer });
  const links = new OneTimeLinks({ database, clock, random });
  const audit = createAuditLog({
    database,
    clock,
    random,
    logger: createLogger({
      write: (line) => printLine(io.stderr, line),
      clock,
      level: 'warn',
    }),
    metrics: createMetrics({ routes: [], factors: [], jobs: [] }),
  });
  const changing = { database, audit, clock, random };
  const afterVoid = tellOfVoid({ outbox, clock });
  try {
    await migrate(database);
    return await work({
      database,
      people: createPeople({ ...changing, afterVoid }),
      reader: createLocalPeopleReader(database),
      importing: {
        ...changing,
        afterVoid,
        otpSecretProblems,
        importOtpSecrets: createOtpSecretsImport({ ...changing, sealer }),
      },
      invitations: (byMail) =>
        createInvitations({
          links,
          publicUrl: configuration.publicUrl,
          outbox,
          defaultLocale: configuration.languages.default,
          byMail,
        }),
      secondFactors: createSecondFactors({ ...changing, outbox }),
      phones: phoneCommandParts(configuration, { ...changing, outbox, sealer }),
      otp: createOtpFactor({
        ...changing,
        outbox,
        sealer,
        lockout: {
          attempts: configuration.lockout.attempts,
          durationMs: configuration.lockout.duration,
        },
      }),
      issuePasswordLink: createOperatorLinks({
        ...changing,
        links,
        outbox,
        publicUrl: configuration.publicUrl,
        defaultLocale: configuration.languages.default,
      }),
      externalAccounts: createExternalAccounts(changing),
      enrolmentAtSignIn: configuration.policy.enrolment === 'at-sign-in',
      now: clock.now(),
      sendsMail: configuration.mail.kind === 'smtp',
    });
  } finally {
    await audit.close();
    await database.close();
  }
};
