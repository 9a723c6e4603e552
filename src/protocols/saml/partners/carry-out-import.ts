import type { AuditLog } from '../../../audit/audit-log.js';
import {
  relyingPartyImported,
  relyingPartyRemoved,
} from '../../../audit/events/relying-party-events.js';
import type { Clock } from '../../../kernel/clock.js';
import { DrawbridgeError } from '../../../kernel/errors.js';
import {
  addRegisteredParty,
  changeRegisteredParty,
  registeredPartiesTopic,
  removeRegisteredParty,
  type RegisteredParty,
} from '../../../relying-parties/registered/registered-parties.js';
import { announce } from '../../../storage/sql/change-feed.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import { putMetadata, removeMetadata } from './metadata-rows.js';
import { pinOf } from './pinned-certificates.js';
import type { ImportPlan } from './plan-import.js';
import { nextRefresh } from './refresh-time.js';

interface Deps {
  database: SqlDatabase;
  audit: AuditLog;
  clock: Clock;
}

/**
 * Writes the relying party and its metadata together, and tells the servers.
 * @param source for the audit log: `file`, `paste` or the URL
 * @throws DrawbridgeError `conflict` when somebody else took or removed the id meanwhile; nothing was changed then
 */
export async function carryOutImport(
  plan: ImportPlan,
  source: string,
  { database, audit, clock }: Deps,
): Promise<void> {
  const { registered, settings, metadata, verified, replaces } = plan;
  const { id, document } = registered;
  const url = settings.metadata_url ?? null;
  await database.transaction(async (tx) => {
    const done = replaces
      ? await changeRegisteredParty(tx, id, { document }, clock)
      : await addRegisteredParty(tx, registered, clock);
    if (!done) throw new DrawbridgeError('conflict', `${id} was changed by somebody else.`);
    const row = {
      relyingParty: id,
      metadata,
      sourceUrl: url,
      pinned: pinOf(settings.metadata_certificate),
      refreshAt: url === null ? null : nextRefresh(plan, clock.now()),
    };
    await putMetadata(tx, row, clock);
    await announce(tx, registeredPartiesTopic, clock);
    const facts = { id, entityId: metadata.entityId, source, verified, replaced: replaces };
    await audit.recordIn(tx, relyingPartyImported(facts));
  });
}

/** `false` when there is none. Which persistent identifiers it knows people by is kept, should it come back. */
export async function removeImported(
  { id, protocol }: Pick<RegisteredParty, 'id' | 'protocol'>,
  { database, audit, clock }: Deps,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    if (!(await removeRegisteredParty(tx, id))) return false;
    await removeMetadata(tx, id, clock);
    await announce(tx, registeredPartiesTopic, clock);
    await audit.recordIn(tx, relyingPartyRemoved({ id, protocol }));
    return true;
  });
}
