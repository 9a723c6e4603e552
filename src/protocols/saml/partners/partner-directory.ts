import type { Clock } from '../../../kernel/clock.js';
import type { RelyingPartyRegistry } from '../../../relying-parties/relying-party.js';
import type { ChangeFeed } from '../../../storage/sql/change-feed.js';
import { followChanges } from '../../../storage/sql/follow-changes.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { PartnerDirectory, SamlPartner } from '../partner.js';
import { metadataRows, samlMetadataTopic, type MetadataRow } from './metadata-rows.js';
import { partnersInForce, type PartnerState } from './partners-in-force.js';

export interface PartnerDirectoryDeps {
  registry: RelyingPartyRegistry;
  database: SqlDatabase;
  changeFeed: Pick<ChangeFeed, 'subscribe'>;
  clock: Clock;
  /** The rows could not be read (it is tried again), or a listener threw. Must not throw itself. */
  onError: (error: unknown) => void;
}

export interface ManagedPartnerDirectory extends PartnerDirectory {
  /** Reads what the database holds now. Until it was called once, only those with a metadata file are found. */
  ready(): Promise<void>;
  /** How it stands with each service provider, those that are not found among them. */
  states(): readonly PartnerState[];
  /** Called after services or their metadata changed; returns the way to stop. */
  onChange(listener: () => void): () => void;
  close(): void;
}

/**
 * The service providers in force, in memory. Rebuilt as a whole, and within the same turn in which the registry
 * changes, so that no request meets a directory older than the registry.
 */
export function createPartnerDirectory(deps: PartnerDirectoryDeps): ManagedPartnerDirectory {
  const { registry, database, clock, onError } = deps;
  const listeners = new Set<() => void>();
  let rows: ReadonlyMap<string, MetadataRow> = new Map();
  let inForce = indexed(registry, rows);

  const rebuild = (): void => {
    inForce = indexed(registry, rows);
    for (const listener of [...listeners]) {
      try {
        listener();
      } catch (error) {
        onError(error);
      }
    }
  };
  const followed = followChanges({
    ...deps,
    topic: samlMetadataTopic,
    async load() {
      const read = await metadataRows(database.db);
      rows = new Map(read.map((row) => [row.relyingParty, row]));
      rebuild();
    },
  });
  const stop = registry.onChange(rebuild);

  const stillValid = (partner: SamlPartner | undefined): SamlPartner | null => {
    if (partner === undefined) return null;
    const { validUntil } = partner.metadata;
    return validUntil !== null && validUntil <= clock.now() ? null : partner;
  };
  return {
    byEntityId: (entityId) => stillValid(inForce.byEntityId.get(entityId)),
    byRelyingParty: (id) => stillValid(inForce.byId.get(id)),
    ready: () => followed.refresh(),
    states: () => inForce.states,
    onChange(listener) {
      const entry = () => listener();
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    close() {
      stop();
      followed.close();
    },
  };
}

function indexed(registry: RelyingPartyRegistry, rows: ReadonlyMap<string, MetadataRow>) {
  const { partners, states } = partnersInForce(registry.ofProtocol('saml'), rows);
  return {
    byEntityId: new Map(partners.map((partner) => [partner.metadata.entityId, partner])),
    byId: new Map(partners.map((partner) => [partner.party.id, partner])),
    states,
  };
}
