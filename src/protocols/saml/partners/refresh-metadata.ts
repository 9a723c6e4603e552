import { isDeepStrictEqual } from 'node:util';
import type { AuditLog } from '../../../audit/audit-log.js';
import { partnerMetadataChanged } from '../../../audit/events/relying-party-events.js';
import type { Clock } from '../../../kernel/clock.js';
import { failure, success, type Result } from '../../../kernel/result.js';
import type { RelyingPartyRegistry } from '../../../relying-parties/relying-party.js';
import type { PartnerMetadata } from '../../../saml-core/metadata.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { SamlSettings } from '../saml-settings.js';
import type { Fault } from './fault.js';
import type { FetchMetadata } from './fetch-metadata.js';
import { metadataRows, type MetadataRow } from './metadata-rows.js';
import { readMicrosoftMetadata } from './microsoft-metadata.js';
import { rowFor } from './partners-in-force.js';
import { certificatesIn, pinOf } from './pinned-certificates.js';
import { readPartner, type AcceptedMetadata } from './read-partner.js';
import { claimRefresh, storeFailure, storeRefreshed, type MetadataSource } from './refresh-rows.js';
import { nextAttempt, nextRefresh } from './refresh-time.js';
import { settingFaults } from './setting-faults.js';

export interface RefreshMetadataDeps {
  registry: Pick<RelyingPartyRegistry, 'ofProtocol'>;
  database: SqlDatabase;
  audit: AuditLog;
  clock: Clock;
  fetchMetadata: FetchMetadata;
}

/** Longer than one fetch takes: meanwhile no other process makes the same attempt. */
const claimMs = 60_000;
const atOnce = 4;

interface Due {
  settings: SamlSettings;
  source: MetadataSource;
  before: PartnerMetadata | null;
}

/**
 * Fetches what is due of all service providers that have a metadata_url. What comes is put in force only when it is
 * good by the rules of an import and about the same entity; otherwise nothing changes but the note of the failure.
 */
export async function refreshMetadata(deps: RefreshMetadataDeps): Promise<void> {
  const rows = await metadataRows(deps.database.db);
  const due = dueNow(deps, new Map(rows.map((row) => [row.relyingParty, row])));
  const worker = async () => {
    for (let next = due.shift(); next !== undefined; next = due.shift()) {
      await refreshOne(next, deps);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function dueNow(
  { registry, clock }: RefreshMetadataDeps,
  rows: ReadonlyMap<string, MetadataRow>,
): Due[] {
  return registry.ofProtocol('saml').flatMap(({ id, enabled, settings: unread }): Due[] => {
    const settings = unread as SamlSettings;
    const url = settings.metadata_url;
    if (url === undefined || !enabled) return [];
    const row = rowFor(settings, rows.get(id));
    if (row !== null && (row.refreshAt ?? 0) > clock.now()) return [];
    const pinned = pinOf(settings.metadata_certificate);
    return [{ settings, source: { relyingParty: id, url, pinned }, before: row?.metadata ?? null }];
  });
}

async function refreshOne(due: Due, deps: RefreshMetadataDeps): Promise<void> {
  const { database, clock, audit } = deps;
  const { source, before } = due;
  const now = clock.now();
  if (!(await claimRefresh(database, source, { now, until: now + claimMs }))) return;
  const fetched = await fetchOne(due, deps);
  await database.transaction(async (tx) => {
    if (!fetched.ok) {
      const error = fetched.failure.map(({ problem }) => problem).join('; ');
      const retryAt = nextAttempt(before !== null, clock.now());
      return await storeFailure(tx, source, { error, retryAt }, clock);
    }
    const { metadata } = fetched.value;
    const refreshAt = nextRefresh(fetched.value, clock.now());
    const stored = await storeRefreshed(tx, source, { metadata, refreshAt }, clock);
    if (stored && !isDeepStrictEqual(withoutTime(before), withoutTime(metadata))) {
      const { sha1 } = fetched.value;
      const about = { id: source.relyingParty, entityId: metadata.entityId, url: source.url, sha1 };
      await audit.recordIn(tx, partnerMetadataChanged(about));
    }
  });
}

async function fetchOne(
  { settings, source, before }: Due,
  { fetchMetadata, clock }: RefreshMetadataDeps,
): Promise<Result<AcceptedMetadata, Fault[]>> {
  const document = await fetchMetadata(source.url);
  if (!document.ok) return failure([document.failure]);
  const { metadata_certificate: pem } = settings;
  const demands = {
    now: clock.now(),
    pinned: pem === undefined ? null : (certificatesIn(pem) ?? []),
    entityId: settings.entity_id ?? before?.entityId ?? null,
  };
  const accepted =
    settings.profile === undefined
      ? await readPartner(document.value, demands)
      : await readMicrosoftMetadata(document.value, demands, before?.signingCertificates ?? []);
  if (!accepted.ok) return accepted;
  const faults = settingFaults(settings, accepted.value.metadata);
  return faults.length > 0 ? failure(faults) : success(accepted.value);
}

/** Publishers move validUntil on with every answer. */
const withoutTime = (metadata: PartnerMetadata | null) =>
  metadata === null ? null : { ...metadata, validUntil: null };
