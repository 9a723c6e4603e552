import type { Clock } from '../../../kernel/clock.js';
import type { PartnerMetadata } from '../../../saml-core/metadata.js';
import { announce } from '../../../storage/sql/change-feed.js';
import type { Queryable, SqlDatabase } from '../../../storage/sql/sql-database.js';
import { samlMetadataTopic } from './metadata-rows.js';
import { toStoredMetadata } from './stored-metadata.js';

/** Whose metadata it is, from where, and checked with which certificates. */
export interface MetadataSource {
  relyingParty: string;
  url: string;
  pinned: string | null;
}

/**
 * Takes on one attempt that is due; `false` when another process has it. What was taken from elsewhere, or checked with
 * other certificates, is dropped: it is not in force any more.
 */
export async function claimRefresh(
  database: SqlDatabase,
  source: MetadataSource,
  times: { now: number; until: number },
): Promise<boolean> {
  const { relyingParty, url, pinned } = source;
  return database.transaction(async (tx) => {
    await tx
      .deleteFrom('saml_metadata')
      .where('relying_party', '=', relyingParty)
      .where(({ not, and, eb }) =>
        not(and([eb('source_url', 'is not', null), eb('source_url', '=', url)])),
      )
      .execute();
    await tx
      .deleteFrom('saml_metadata')
      .where('relying_party', '=', relyingParty)
      .where(({ eb, fn, val }) => eb(fn.coalesce('pinned', val('')), '<>', pinned ?? ''))
      .execute();
    const claimed = await tx
      .insertInto('saml_metadata')
      .values({ relying_party: relyingParty, source_url: url, pinned, refresh_at: times.until })
      .onConflict((conflict) =>
        conflict
          .column('relying_party')
          .doUpdateSet({ refresh_at: times.until })
          .where('saml_metadata.refresh_at', '<=', times.now),
      )
      .returning('relying_party')
      .executeTakeFirst();
    return claimed !== undefined;
  });
}

/** `false` when the service was removed, or imported from elsewhere, meanwhile. */
export async function storeRefreshed(
  db: Queryable,
  source: MetadataSource,
  fetched: { metadata: PartnerMetadata; refreshAt: number },
  clock: Clock,
): Promise<boolean> {
  const stored = await ofSource(db, source)
    .set({
      metadata: toStoredMetadata(fetched.metadata),
      fetched_at: clock.now(),
      refresh_at: fetched.refreshAt,
      failing_since: null,
      last_error: null,
    })
    .returning('relying_party')
    .executeTakeFirst();
  await announce(db, samlMetadataTopic, clock);
  return stored !== undefined;
}

/** What is in force stays in force. */
export async function storeFailure(
  db: Queryable,
  source: MetadataSource,
  failed: { error: string; retryAt: number },
  clock: Clock,
): Promise<void> {
  await ofSource(db, source)
    .set(({ fn, val }) => ({
      failing_since: fn.coalesce('failing_since', val(clock.now())),
      last_error: failed.error,
      refresh_at: failed.retryAt,
    }))
    .execute();
  await announce(db, samlMetadataTopic, clock);
}

function ofSource(db: Queryable, { relyingParty, url, pinned }: MetadataSource) {
  return db
    .updateTable('saml_metadata')
    .where('relying_party', '=', relyingParty)
    .where('source_url', '=', url)
    .where('pinned', pinned === null ? 'is' : '=', pinned);
}
