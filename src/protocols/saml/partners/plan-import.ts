import { failure, success, type Result } from '../../../kernel/result.js';
import { layered } from '../../../relying-parties/registered/layered-registry.js';
import {
  placeOfRegistered,
  readRegistered,
  type ReadRegistered,
  type ReadRegisteredDeps,
} from '../../../relying-parties/registered/read-registered.js';
import {
  registeredParties,
  type RegisteredParty,
} from '../../../relying-parties/registered/registered-parties.js';
import type { RelyingParty } from '../../../relying-parties/relying-party.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { SamlSettings, WrittenSamlSettings } from '../saml-settings.js';
import type { Fault } from './fault.js';
import { metadataRows } from './metadata-rows.js';
import { partnersInForce } from './partners-in-force.js';
import { certificatesIn } from './pinned-certificates.js';
import { readPartner, type AcceptedMetadata } from './read-partner.js';
import { settingFaults } from './setting-faults.js';

/** What an administrator wants to import. `null`: as it was before, or the default. */
export interface ImportRequest {
  id: string;
  document: Uint8Array;
  /** Where the document came from, and will be fetched from again; `null` for a file or a paste. */
  url: string | null;
  name: string | null;
  entityId: string | null;
  /** PEM of those who sign the metadata. */
  certificate: string | null;
  nameId: 'persistent' | 'transient' | 'email' | null;
  attributes: Readonly<Record<string, string>> | null;
}

export interface ImportPlan extends AcceptedMetadata {
  registered: RegisteredParty;
  party: RelyingParty;
  settings: SamlSettings;
  /** There is one of this id, which the import replaces. */
  replaces: boolean;
}

export interface PlanImportDeps extends ReadRegisteredDeps {
  database: SqlDatabase;
  /** Milliseconds since the epoch. */
  now: number;
  inFiles: readonly RelyingParty[];
}

/** Checks an import by every rule that holds when it is put in force. Changes nothing. */
export async function planImport(
  request: ImportRequest,
  deps: PlanImportDeps,
): Promise<Result<ImportPlan, Fault[]>> {
  const { id } = request;
  if (deps.inFiles.some((party) => party.id === id)) return failure([inFile(id)]);
  const rows = await registeredParties(deps.database.db);
  const existing = rows.find((row) => row.id === id) ?? null;
  if (existing !== null && (existing.origin !== 'import' || existing.protocol !== 'saml')) {
    return failure([notOurs(id)]);
  }
  const before = (existing?.document['saml'] ?? {}) as Partial<WrittenSamlSettings>;
  const certificate = request.certificate ?? before.metadata_certificate ?? null;
  const pinned = certificate === null ? null : certificatesIn(certificate);
  if (certificate !== null && pinned === null) return failure([noCertificate]);
  const accepted = await readPartner(request.document, {
    now: deps.now,
    pinned,
    entityId: request.entityId ?? before.entity_id ?? null,
  });
  if (!accepted.ok) return accepted;
  const { metadata } = accepted.value;
  const registered = registeredOf(request, existing, certificate, metadata.entityId);
  const read = await readRegistered(registered, deps);
  if (!read.ok) {
    return failure(
      read.failure.map(({ path, problem, remedy }) => ({ problem: `${path}: ${problem}`, remedy })),
    );
  }
  const settings = read.value.party.settings as SamlSettings;
  const faults = [
    ...settingFaults(settings, metadata),
    ...(await takenNames(read.value, metadata.entityId, rows, deps)),
  ];
  if (faults.length > 0) return failure(faults);
  const { party } = read.value;
  return success({ ...accepted.value, registered, party, settings, replaces: existing !== null });
}

function registeredOf(
  request: ImportRequest,
  existing: RegisteredParty | null,
  certificate: string | null,
  entityId: string,
): RegisteredParty {
  const { id, url, nameId, attributes } = request;
  const document = existing?.document ?? {};
  const { metadata_url: _, ...before } = (document['saml'] ?? {}) as Partial<WrittenSamlSettings>;
  return {
    id,
    protocol: 'saml',
    origin: 'import',
    secretSealed: null,
    managementHash: null,
    document: {
      ...document,
      id,
      protocol: 'saml',
      name: request.name ?? document['name'] ?? id,
      saml: {
        ...before,
        entity_id: entityId,
        ...(url === null ? {} : { metadata_url: url }),
        ...(certificate === null ? {} : { metadata_certificate: certificate }),
        ...(nameId === null ? {} : { name_id: nameId }),
        ...(attributes === null ? {} : { attributes }),
      },
    },
  };
}

async function takenNames(
  candidate: ReadRegistered,
  entityId: string,
  rows: readonly RegisteredParty[],
  deps: PlanImportDeps,
): Promise<Fault[]> {
  const { id } = candidate.party;
  const others = await Promise.all(
    rows.filter((row) => row.id !== id).map((row) => readRegistered(row, deps)),
  );
  const read = others.flatMap((other) => (other.ok ? [other.value] : []));
  const { parties, problems } = layered(deps.inFiles, [...read, candidate], deps);
  const faults = problems
    .filter(({ path }) => path.startsWith(`${placeOfRegistered(id)}: `))
    .map(({ problem, remedy }) => ({ problem: `describes ${entityId}, which ${problem}`, remedy }));
  if (faults.length > 0) return faults;
  // Those whose metadata is fetched may not say in their settings who they are.
  const metadata = new Map(
    (await metadataRows(deps.database.db)).map((row) => [row.relyingParty, row]),
  );
  const saml = parties.filter((party) => party.protocol === 'saml' && party.id !== id);
  const owner = partnersInForce(saml, metadata).partners.find(
    (partner) => partner.metadata.entityId === entityId,
  );
  if (owner === undefined) return [];
  return [
    {
      problem: `describes ${entityId}, which is taken by ${owner.party.id}`,
      remedy: 'Give each relying party its own entity id.',
    },
  ];
}

const inFile = (id: string): Fault => ({
  problem: `cannot become ${id}, which is described in a file`,
  remedy: 'Change the file, or choose another --id.',
});
const notOurs = (id: string): Fault => ({
  problem: `cannot become ${id}, which is a service that was not imported`,
  remedy: 'Choose another --id.',
});
const noCertificate: Fault = {
  problem: 'cannot be checked: the certificate cannot be read',
  remedy: 'Give it as PEM, from -----BEGIN CERTIFICATE----- on.',
};
