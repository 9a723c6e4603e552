import type { Clock } from '../../../kernel/clock.js';
import type { PartnerMetadata } from '../../../saml-core/metadata.js';
import { announce } from '../../../storage/sql/change-feed.js';
import type { Queryable } from '../../../storage/sql/sql-database.js';
import { fromStoredMetadata, toStoredMetadata } from './stored-metadata.js';

/** The topic of the change feed that tells servers of metadata that was imported or fetched. */
export const samlMetadataTopic = 'saml-metadata';

/** What is kept of the metadata of a relying party. */
export interface MetadataRow {
  relyingParty: string;
  /** `null` until the first was accepted. */
  metadata: PartnerMetadata | null;
  sourceUrl: string | null;
  pinned: string | null;
  fetchedAt: number | null;
  refreshAt: number | null;
  failingSince: number | null;
  lastError: string | null;
}

export async function metadataRows(db: Queryable): Promise<MetadataRow[]> {
  const rows = await db.selectFrom('saml_metadata').selectAll().orderBy('relying_party').execute();
  return rows.map((row) => ({
    relyingParty: row.relying_party,
    metadata: row.metadata === null ? null : fromStoredMetadata(row.metadata),
    sourceUrl: row.source_url,
    pinned: row.pinned,
    fetchedAt: row.fetched_at,
    refreshAt: row.refresh_at,
    failingSince: row.failing_since,
    lastError: row.last_error,
  }));
}

/** Puts accepted metadata in force, in place of whatever there was, and tells the servers. */
export async function putMetadata(
  db: Queryable,
  row: Pick<MetadataRow, 'relyingParty' | 'sourceUrl' | 'pinned' | 'refreshAt'> & {
    metadata: PartnerMetadata;
  },
  clock: Clock,
): Promise<void> {
  const values = {
    metadata: toStoredMetadata(row.metadata),
    source_url: row.sourceUrl,
    pinned: row.pinned,
    fetched_at: clock.now(),
    refresh_at: row.refreshAt,
    failing_since: null,
    last_error: null,
  };
  await db
    .insertInto('saml_metadata')
    .values({ relying_party: row.relyingParty, ...values })
    .onConflict((conflict) => conflict.column('relying_party').doUpdateSet(values))
    .execute();
  await announce(db, samlMetadataTopic, clock);
}

export async function removeMetadata(
  db: Queryable,
  relyingParty: string,
  clock: Clock,
): Promise<void> {
  await db.deleteFrom('saml_metadata').where('relying_party', '=', relyingParty).execute();
  await announce(db, samlMetadataTopic, clock);
}
