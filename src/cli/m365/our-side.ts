import { createAuditLog } from '../../audit/create-audit-log.js';
import { createLogger } from '../../audit/log-writer.js';
import { createMetrics } from '../../audit/metrics.js';
import { describeProblem } from '../../config/configuration-problem.js';
import { loadConfiguration } from '../../config/load-configuration.js';
import type { PublicUrl } from '../../config/public-url.js';
import { createLocalPeopleReader, type PeopleReader } from '../../directory/local/read-people.js';
import { issuersOf } from '../../config/profile-issuers.js';
import { createIssuers } from '../../issuers/issuers.js';
import { systemClock } from '../../kernel/clock.js';
import { systemRandom } from '../../kernel/random.js';
import { createSealer } from '../../keys/aes-gcm-sealer.js';
import { createKeyStore } from '../../keys/create-key-store.js';
import type { SigningKey } from '../../keys/key-store.js';
import { providerKeys } from '../../protocols/external-mfa/provider-keys.js';
import { readRelyingPartyFiles } from '../../relying-parties/relying-party-files.js';
import type { RelyingParty } from '../../relying-parties/relying-party.js';
import { createProtocolSections } from '../../server/protocol-sections.js';
import { migrate } from '../../storage/sql/migrate.js';
import { openSqlDatabase } from '../../storage/sql/open-sql-database.js';
import { printLine, type CommandIo } from '../command.js';
import type { OurIssuer } from './our-federation.js';

/** What the commands about Microsoft 365 know of this installation. No private key is among it. */
export interface OurSide {
  publicUrl: PublicUrl;
  organisation: string;
  issuers: readonly OurIssuer[];
  parties: readonly RelyingParty[];
  people: PeopleReader;
  /** Public keys that answer External MFA, as they are published. */
  externalMfaKeys: readonly Readonly<Record<string, unknown>>[];
  now: () => number;
  bytes: (length: number) => Buffer;
}

/** Opens what the configuration names; a wrong one is printed and ends with 1. */
export async function withOurSide(
  io: CommandIo,
  work: (ours: OurSide) => Promise<number>,
): Promise<number> {
  const loaded = await loadConfiguration(io.env, io.cwd);
  if (!loaded.ok) return refuse(io, loaded.failure.map(describeProblem));
  const configuration = loaded.value;
  const [clock, random] = [systemClock, systemRandom];
  const { factors, maxAge } = configuration.policy;
  const parties = await readRelyingPartyFiles(
    configuration.relyingPartyFiles,
    io.env,
    createProtocolSections({ clock, refuseExpired: () => false }),
    { factors, maxAge },
  );
  if (!parties.ok) return refuse(io, parties.failure.map(describeProblem));
  const database = await openSqlDatabase(configuration.database);
  const sealer = createSealer(configuration.encryptionKeys, random);
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
    const issuers = await createIssuers({ database, clock }).ensure(issuersOf(configuration));
    await Promise.all(issuers.map(({ id }) => keys.ensureKeys(id)));
    return await work({
      publicUrl: configuration.publicUrl,
      organisation: configuration.organisation.name,
      issuers: issuers.flatMap(
        ({ id, entityId, domains }) =>
          issuerOf({ id, entityId, domains }, keys.keys(id, 'saml'), clock.now()) ?? [],
      ),
      parties: parties.value,
      people: createLocalPeopleReader(database),
      externalMfaKeys: providerKeys(keys).map(({ jwk }) => jwk),
      now: () => clock.now(),
      bytes: (length) => random.bytes(length),
    });
  } finally {
    keys.close();
    await audit.close();
    await database.close();
  }
}

/** @param keys published ones, the one that signs first */
function issuerOf(
  issuer: Pick<OurIssuer, 'id' | 'entityId' | 'domains'>,
  keys: readonly SigningKey[],
  now: number,
): OurIssuer | null {
  const signing = keys[0]?.certificate ?? null;
  if (signing === null) return null;
  const next = keys.find(({ useFrom, certificate }) => useFrom > now && certificate !== null);
  return {
    ...issuer,
    signing,
    next:
      next === undefined || next.certificate === null
        ? null
        : { certificate: next.certificate, signsFrom: next.useFrom },
  };
}

function refuse(io: CommandIo, lines: readonly string[]): number {
  for (const line of lines) printLine(io.stderr, line);
  return 1;
}
