import { sql } from 'kysely';
import { activationIssued, activationRefused, deviceAdded } from '../audit/events/device-events.js';
import type { AuditLog } from '../audit/audit-log.js';
import { holdPerson } from '../directory/hold-person.js';
import type { Person, PersonId } from '../directory/person.js';
import type { Outbox } from '../jobs/outbox.js';
import type { Clock } from '../kernel/clock.js';
import { newPrefixedId } from '../kernel/prefixed-id.js';
import type { RandomSource } from '../kernel/random.js';
import type { Sealer } from '../keys/sealer.js';
import { afterCommit } from '../storage/sql/after-commit.js';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import { activationState } from './activation.js';
import { activationCodeHash, activationOf, type ActivationRow } from './activation-rows.js';
import type { ActivationDesk, Assistant, IssuedBy, WatchedActivation } from './activations.js';
import type { CodeCredentials } from './code-credentials.js';
import { notifyOfDevice } from './device-notice.js';
import type { Revocation } from './device-store.js';
import type { ProfileId } from './ids.js';
import { deviceLimits } from './limits.js';
import type { Profile } from './profile.js';
import { profileColumns, profileOf } from './profile-rows.js';
import { newSecondSecret, secondSecretContext } from './second-secret.js';
import { activationCodeOf } from './wire/activation-code.js';
import { fromBase64url } from './wire/base64url.js';
import { deviceFingerprint } from './wire/fingerprint.js';

export interface ActivationDeskDeps {
  database: SqlDatabase;
  audit: Pick<AuditLog, 'recordIn'>;
  outbox: Outbox;
  sealer: Sealer;
  clock: Clock;
  random: RandomSource;
  codes: Pick<CodeCredentials, 'add'>;
  revocation: Pick<Revocation, 'revokeProfile'>;
  /** Told after the commit that a profile has become active. */
  onActivated: (profile: Profile) => void;
}

export function createActivationDesk(deps: ActivationDeskDeps): ActivationDesk {
  const { database, audit, sealer, clock, random } = deps;

  return {
    async issue(tx, person, by) {
      const now = clock.now();
      // Of codes asked for at once one is good.
      await holdPerson(tx, person.id);
      // A code that is superseded may be lying about.
      await tx
        .updateTable('activations')
        .set({ refused_at: now })
        .where('person_id', '=', person.id)
        .where('origin', '=', by.origin)
        .where('used_at', 'is', null)
        .where('refused_at', 'is', null)
        .execute();
      const id = newPrefixedId('act', random);
      const code = activationCodeOf(random.bytes(20));
      const secondSecret = by.origin === 'administrator' ? newSecondSecret(random) : null;
      const expiresAt = now + lifetimeOf(by);
      await tx
        .insertInto('activations')
        .values({
          id,
          code_hash: activationCodeHash(code),
          person_id: person.id,
          epoch: by.origin === 'self' ? person.epoch : epochNow(person),
          origin: by.origin,
          issued_by: by.origin === 'administrator' ? by.actor : null,
          second_secret_hash: secondSecret && sealer.mac(secondSecret, secondSecretContext(id)),
          second_secret_failures: 0,
          request_hash: null,
          profile_id: null,
          evaluations: 0,
          created_at: now,
          expires_at: expiresAt,
          used_at: null,
          completed_at: null,
          confirmed_at: null,
          refused_at: null,
        })
        .execute();
      const about = { person: person.id, clientAddress: by.clientAddress };
      const actor = by.origin === 'administrator' ? by.actor : null;
      const facts = { activation: id, origin: by.origin, by: actor, expiresAt };
      await audit.recordIn(tx, activationIssued(about, facts));
      return { id, code, secondSecret, expiresAt };
    },

    async watch(id, person) {
      const row = await watchedRows(database.db, person)
        .where('activations.id', '=', id)
        .executeTakeFirst();
      return row === undefined ? null : watchedOf(row, clock.now());
    },

    async waiting(person) {
      const now = clock.now();
      const row = await watchedRows(database.db, person)
        .where('activations.completed_at', 'is not', null)
        .where('activations.confirmed_at', 'is', null)
        .where('activations.refused_at', 'is', null)
        .where('activations.expires_at', '>', now)
        .orderBy('activations.completed_at', 'desc')
        .executeTakeFirst();
      return row === undefined ? null : watchedOf(row, now);
    },

    async confirm(tx, id, person, by) {
      const now = clock.now();
      // The limit of profiles is exact.
      await holdPerson(tx, person);
      const confirmed = await tx
        .updateTable('activations')
        .set({ confirmed_at: now })
        .where('id', '=', id)
        .where('person_id', '=', person)
        .where('completed_at', 'is not', null)
        .where('confirmed_at', 'is', null)
        .where('refused_at', 'is', null)
        .where('expires_at', '>', now)
        .where(issuedInForce)
        .where(hasRoom)
        .where(draftInForce)
        .returning('profile_id')
        .executeTakeFirst();
      if (!confirmed?.profile_id) return null;
      return activate(deps, tx, confirmed.profile_id as ProfileId, { now, by });
    },

    async refuse(tx, id, person, by) {
      const now = clock.now();
      const refused = await tx
        .updateTable('activations')
        .set({ refused_at: now })
        .where('id', '=', id)
        .where('person_id', '=', person)
        .where('confirmed_at', 'is', null)
        .where('refused_at', 'is', null)
        .returning('profile_id')
        .executeTakeFirst();
      if (refused === undefined) return false;
      // The row of the draft stays until its phone has asked, so that it can be told; its secrets do not.
      if (refused.profile_id !== null) {
        await tx
          .updateTable('profiles')
          .set({ oprf_key_sealed: null, code_secret_sealed: null })
          .where('id', '=', refused.profile_id)
          .where('activated_at', 'is', null)
          .execute();
      }
      const about = { person, clientAddress: by?.clientAddress };
      const facts = { activation: id, profile: refused.profile_id, by: by?.actor ?? null };
      await audit.recordIn(tx, activationRefused(about, facts));
      return true;
    },
  };
}

const watchedRows = (db: Queryable, person: PersonId) =>
  db
    .selectFrom('activations')
    .leftJoin('profiles', 'profiles.id', 'activations.profile_id')
    .selectAll('activations')
    .select(['profiles.name as profile_name', 'profiles.device_key as profile_key'])
    .where('activations.person_id', '=', person);

function watchedOf(
  row: ActivationRow & { profile_name: string | null; profile_key: string | null },
  now: number,
): WatchedActivation {
  const activation = activationOf(row);
  const key = fromBase64url(row.profile_key ?? '', 65);
  const shown = activationState(activation, now) === 'completed' && key !== null;
  return {
    activation,
    deviceName: row.profile_name,
    fingerprint: shown ? deviceFingerprint(activation.id, key) : null,
  };
}

/** What voids all that was issued to a person voids their codes too. */
export const issuedInForce = sql<boolean>`exists (select 1 from people
  where people.id = activations.person_id and people.epoch = activations.epoch
    and people.disabled_at is null)`;

const hasRoom = sql<boolean>`(select count(*) from profiles
  where profiles.person_id = activations.person_id and profiles.activated_at is not null
    and profiles.revoked_at is null) < ${deviceLimits.profilesOfPerson}`;

/** Without it nothing would be added, and a confirmation must not say otherwise. */
const draftInForce = sql<boolean>`exists (select 1 from profiles
  where profiles.id = activations.profile_id and profiles.activated_at is null
    and profiles.revoked_at is null)`;

async function activate(
  deps: ActivationDeskDeps,
  tx: Queryable,
  id: ProfileId,
  { now, by }: { now: number; by: Assistant | undefined },
): Promise<Profile | null> {
  const secret = await tx
    .selectFrom('profiles')
    .select('code_secret_sealed')
    .where('id', '=', id)
    .executeTakeFirst();
  const row = await tx
    .updateTable('profiles')
    .set({ activated_at: now, code_secret_sealed: null })
    .where('id', '=', id)
    .where('activated_at', 'is', null)
    .where('revoked_at', 'is', null)
    .returning(profileColumns)
    .executeTakeFirst();
  if (row === undefined) return null;
  const draft = profileOf(row);
  const sealed = secret?.code_secret_sealed ?? null;
  const profile = { ...draft, codeCredential: await addCodes(deps, tx, draft, sealed) };
  await replaceLocked(deps, tx, profile);
  const { person, device, name: label } = profile;
  const about = { person, clientAddress: by?.clientAddress };
  const facts = { profile: id, device, label, by: by?.actor ?? null };
  await deps.audit.recordIn(tx, deviceAdded(about, facts));
  await notifyOfDevice(deps.outbox, tx, person, { template: 'phone-added', at: now, label });
  afterCommit(tx, () => deps.onActivated(profile));
  return profile;
}

async function addCodes(
  { codes }: ActivationDeskDeps,
  tx: Queryable,
  { id: profile, person, name: label, codeCredential: id }: Profile,
  sealed: string | null,
): Promise<string | null> {
  if (id === null || sealed === null) return null;
  if ((await codes.add(tx, { id, sealed, person, label })) === 'added') return id;
  await tx
    .updateTable('profiles')
    .set({ code_credential: null })
    .where('id', '=', profile)
    .execute();
  return null;
}

/** Whoever activates a locked phone anew has done with what was locked on it. */
async function replaceLocked(
  { revocation }: ActivationDeskDeps,
  tx: Queryable,
  profile: Profile,
): Promise<void> {
  const locked = await tx
    .selectFrom('profiles')
    .select('id')
    .where('device_id', '=', profile.device)
    .where('person_id', '=', profile.person)
    .where('id', '<>', profile.id)
    .where('locked_at', 'is not', null)
    .where('revoked_at', 'is', null)
    .execute();
  for (const { id } of locked) {
    await revocation.revokeProfile(tx, id as ProfileId, { because: 'replaced' });
  }
}

/**
 * An administrator vouches for the person as they are at this moment, also when a phone was taken from them in the same
 * transaction and everything issued before is void.
 */
const epochNow = ({ id }: Pick<Person, 'id'>) =>
  sql<number>`(select epoch from people where people.id = ${id})`;

function lifetimeOf(by: IssuedBy): number {
  if (by.origin === 'self') return deviceLimits.selfActivationMs;
  return by.lifetimeMs ?? deviceLimits.administratorActivationMs;
}
