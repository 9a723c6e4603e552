import type { Clock } from '../kernel/clock.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { Revocation } from './device-store.js';
import type { ProfileId } from './ids.js';

const KEPT_MS = 7 * 24 * 3_600_000;

/** Ends drafts whose time is over and forgets activations a week after their end. */
export async function pruneActivations(deps: {
  database: SqlDatabase;
  clock: Clock;
  revocation: Pick<Revocation, 'revokeProfile'>;
}): Promise<void> {
  const { database, clock, revocation } = deps;
  const now = clock.now();
  const drafts = await database.db
    .selectFrom('profiles')
    .innerJoin('activations', 'activations.profile_id', 'profiles.id')
    .select('profiles.id')
    .where('profiles.activated_at', 'is', null)
    .where('profiles.revoked_at', 'is', null)
    .where('activations.expires_at', '<=', now)
    .execute();
  for (const { id } of drafts) {
    await database.transaction((tx) =>
      revocation.revokeProfile(tx, id as ProfileId, { because: 'activation-ended' }),
    );
  }
  await database.db
    .deleteFrom('activations')
    .where('expires_at', '<=', now - KEPT_MS)
    .execute();
}
