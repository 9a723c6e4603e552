import { sql, type Selectable } from 'kysely';
import type { PersonId } from '../directory/person.js';
import type { ProfilesTable } from '../storage/sql/tables.js';
import type { ActivationId, DeviceId, ProfileId } from './ids.js';
import type { Profile, RevocationReason } from './profile.js';

/** The columns a `Profile` is made of; none is a secret. */
export const profileColumns = [
  'profiles.id',
  'profiles.person_id',
  'profiles.device_id',
  'profiles.activation_id',
  'profiles.name',
  'profiles.device_key',
  'profiles.approval_key',
  'profiles.code_credential',
  'profiles.push_endpoint_hash',
  'profiles.created_at',
  'profiles.activated_at',
  'profiles.last_seen_at',
  'profiles.last_used_at',
  'profiles.locked_at',
  'profiles.revoked_at',
  'profiles.revoked_because',
] as const;

/** What readers of a person's phones select: the codes of a phone know their last use themselves. */
export const profileColumnsWithUse = [
  ...profileColumns,
  sql<number | null>`(select otp_credentials.last_used_at from otp_credentials
    where otp_credentials.id = profiles.code_credential)`.as('code_used_at'),
] as const;

type Column<Name> = Name extends `profiles.${infer Bare}` ? Bare : never;
export type ProfileRow = Pick<
  Selectable<ProfilesTable>,
  Column<(typeof profileColumns)[number]> & keyof ProfilesTable
>;

export function profileOf(row: ProfileRow & { code_used_at?: number | null }): Profile {
  return {
    id: row.id as ProfileId,
    person: row.person_id as PersonId,
    device: row.device_id as DeviceId,
    activation: row.activation_id as ActivationId,
    name: row.name,
    deviceKey: row.device_key,
    approvalKey: row.approval_key,
    codeCredential: row.code_credential,
    hasSubscription: row.push_endpoint_hash !== null,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    lastSeenAt: row.last_seen_at,
    lastUsedAt: later(row.last_used_at, row.code_used_at ?? null),
    lockedAt: row.locked_at,
    revokedAt: row.revoked_at,
    revokedBecause: row.revoked_because as RevocationReason | null,
  };
}

const later = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);
