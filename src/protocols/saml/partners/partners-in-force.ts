import type { RelyingParty } from '../../../relying-parties/relying-party.js';
import type { PartnerMetadata } from '../../../saml-core/metadata.js';
import type { SamlPartner } from '../partner.js';
import type { SamlSettings } from '../saml-settings.js';
import { endpointFaults } from './endpoint-faults.js';
import type { MetadataRow } from './metadata-rows.js';
import { withFetchedKeys } from './microsoft-metadata.js';
import { pinOf } from './pinned-certificates.js';
import { settingFaults } from './setting-faults.js';

/** How it stands with the metadata of a service provider. */
export interface PartnerState {
  id: string;
  entityId: string | null;
  enabled: boolean;
  source: 'file' | 'url' | 'import';
  /** Some metadata was accepted, whatever became of it. */
  taken: boolean;
  fetchedAt: number | null;
  validUntil: number | null;
  failingSince: number | null;
  lastError: string | null;
  /** Why it is not in force, whatever the time; `null` when it is. */
  problem: string | null;
}

export interface PartnersInForce {
  partners: SamlPartner[];
  states: PartnerState[];
}

/**
 * Brings together what operators decided and what metadata says. Of two services with the same entity id only the first
 * is in force; what is wrong with one of them concerns no other.
 */
export function partnersInForce(
  parties: readonly RelyingParty[],
  rows: ReadonlyMap<string, MetadataRow>,
): PartnersInForce {
  const partners: SamlPartner[] = [];
  const states: PartnerState[] = [];
  const owners = new Map<string, string>();
  for (const party of parties) {
    const settings = party.settings as SamlSettings;
    const known = settings.profile !== undefined;
    const inFile = settings.metadata !== null && !known;
    const row = inFile ? null : rowFor(settings, rows.get(party.id));
    const fetched = row?.metadata ?? null;
    const metadata = known ? withFetchedKeys(fetched) : (settings.metadata ?? fetched);
    const problem = problemOf(settings, metadata, owners);
    if (metadata !== null && problem === null) {
      owners.set(metadata.entityId, party.id);
      partners.push({ party, settings, metadata });
    }
    states.push({
      id: party.id,
      entityId: metadata?.entityId ?? settings.entity_id ?? null,
      enabled: party.enabled,
      taken: metadata !== null,
      source: inFile ? 'file' : settings.metadata_url ? 'url' : 'import',
      fetchedAt: row?.fetchedAt ?? null,
      validUntil: metadata?.validUntil ?? null,
      failingSince: row?.failingSince ?? null,
      lastError: row?.lastError ?? null,
      problem,
    });
  }
  return { partners, states };
}

/** The row, if it was taken from where the settings say and checked with the certificates that they pin. */
export function rowFor(settings: SamlSettings, row: MetadataRow | undefined): MetadataRow | null {
  if (row === undefined) return null;
  const same =
    row.sourceUrl === (settings.metadata_url ?? null) &&
    row.pinned === pinOf(settings.metadata_certificate);
  return same ? row : null;
}

function problemOf(
  settings: SamlSettings,
  metadata: PartnerMetadata | null,
  owners: ReadonlyMap<string, string>,
): string | null {
  if (metadata === null) return 'its metadata has not been taken yet';
  if (settings.entity_id !== undefined && settings.entity_id !== metadata.entityId) {
    return `its metadata is that of ${metadata.entityId}`;
  }
  const owner = owners.get(metadata.entityId);
  if (owner !== undefined) return `its entity id is taken by ${owner}`;
  const [fault] = [...endpointFaults(metadata), ...settingFaults(settings, metadata)];
  return fault === undefined ? null : `its metadata ${fault.problem}`;
}
