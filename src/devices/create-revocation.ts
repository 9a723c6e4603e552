import { activationRefused, deviceRevoked } from '../audit/events/device-events.js';
import type { AuditLog } from '../audit/audit-log.js';
import { holdPerson } from '../directory/hold-person.js';
import type { PersonId } from '../directory/person.js';
import type { Outbox } from '../jobs/outbox.js';
import type { Clock } from '../kernel/clock.js';
import { afterCommit } from '../storage/sql/after-commit.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import type { CodeCredentials } from './code-credentials.js';
import { notifyOfDevice } from './device-notice.js';
import type { Revocation, RevocationListener, RevokedBy } from './device-store.js';
import type { ProfileId } from './ids.js';
import type { Profile } from './profile.js';
import { profileColumns, profileOf } from './profile-rows.js';
import { endsWith, voidWhatItOpened, type RevocationEnds } from './void-what-it-opened.js';

export interface RevocationDeps {
  audit: Pick<AuditLog, 'recordIn'>;
  outbox: Outbox;
  clock: Clock;
  codes: Pick<CodeCredentials, 'remove'>;
  /** What ends with a phone besides itself. */
  ends: RevocationEnds;
  /** Told after the commit; failures are its own matter. */
  onRevoked: RevocationListener;
}

export function createRevocation(deps: RevocationDeps): Revocation {
  const revokeProfile: Revocation['revokeProfile'] = async (tx, id, by) => {
    const now = deps.clock.now();
    await holdOwner(tx, id);
    const row = await tx
      .updateTable('profiles')
      .set({
        revoked_at: now,
        revoked_because: by.because,
        oprf_key_sealed: null,
        code_secret_sealed: null,
        push_sealed: null,
        push_endpoint_hash: null,
      })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning(profileColumns)
      .executeTakeFirst();
    if (row === undefined) return null;
    const profile = profileOf(row);
    await endDevice(tx, profile, now);
    if (profile.activatedAt === null) await refuseActivation(deps, tx, profile, { now, by });
    else {
      const ends = endsWith(deps.ends, by.because);
      await voidWhatItOpened(deps, tx, profile, ends);
      await tell(deps, tx, profile, { ...by, ends }, now);
    }
    const { person } = profile;
    afterCommit(tx, () => void deps.onRevoked({ id, person, because: by.because }));
    return profile;
  };

  const revokeThose = async (
    tx: Queryable,
    profiles: readonly { id: string }[],
    by: RevokedBy,
  ): Promise<number> => {
    let count = 0;
    for (const { id } of profiles) {
      if ((await revokeProfile(tx, id as ProfileId, by)) !== null) count += 1;
    }
    return count;
  };

  return {
    revokeProfile,
    async revokeDevice(tx, person, id, by) {
      const own = await inForceOf(tx, person).where('device_id', '=', id).execute();
      return revokeThose(tx, own, by);
    },
    async revokeAll(tx, person, by) {
      return revokeThose(tx, await inForceOf(tx, person).execute(), by);
    },
  };
}

const inForceOf = (tx: Queryable, person: PersonId) =>
  tx
    .selectFrom('profiles')
    .select('id')
    .where('person_id', '=', person)
    .where('revoked_at', 'is', null)
    .orderBy('id');

async function holdOwner(tx: Queryable, id: ProfileId): Promise<void> {
  const row = await tx
    .selectFrom('profiles')
    .select('person_id')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (row !== undefined) await holdPerson(tx, row.person_id as PersonId);
}

/** A device without a profile in force is none any more; the same phone starts anew. */
async function endDevice(tx: Queryable, { device }: Profile, now: number): Promise<void> {
  await tx
    .updateTable('devices')
    .set({ revoked_at: now })
    .where('id', '=', device)
    .where('revoked_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('profiles')
            .select('profiles.id')
            .where('profiles.device_id', '=', device)
            .where('profiles.revoked_at', 'is', null),
        ),
      ),
    )
    .execute();
}

/** Nobody may confirm the fingerprint of a phone that is not to be added any more. */
async function refuseActivation(
  { audit }: RevocationDeps,
  tx: Queryable,
  { id, person }: Profile,
  { now, by }: { now: number; by: RevokedBy },
): Promise<void> {
  const refused = await tx
    .updateTable('activations')
    .set({ refused_at: now })
    .where('profile_id', '=', id)
    .where('confirmed_at', 'is', null)
    .where('refused_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst();
  if (refused === undefined) return;
  const about = { person, clientAddress: by.clientAddress };
  const facts = { activation: refused.id, profile: id, by: by.actor ?? null };
  await audit.recordIn(tx, activationRefused(about, facts));
}

async function tell(
  { audit, outbox, codes }: RevocationDeps,
  tx: Queryable,
  profile: Profile,
  by: RevokedBy & { ends: RevocationEnds },
  now: number,
): Promise<void> {
  const { person, name: label } = profile;
  if (profile.codeCredential !== null) await codes.remove(tx, person, profile.codeCredential);
  const facts = { profile: profile.id, device: profile.device, label };
  const { because, ends, clientAddress } = by;
  const event = deviceRevoked(
    { person, clientAddress },
    { ...facts, because, ends, by: by.actor ?? null, stated: by.stated ?? null },
  );
  await audit.recordIn(tx, event);
  const notice = { template: 'phone-removed', at: now, label, because } as const;
  await notifyOfDevice(outbox, tx, person, notice);
}
