import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { PersonId } from '../directory/person.js';
import type { ActivationsTable } from '../storage/sql/tables.js';
import type { Activation } from './activation.js';
import type { ActivationId, ProfileId } from './ids.js';

export type ActivationRow = Selectable<ActivationsTable>;

export function activationOf(row: ActivationRow): Activation {
  return {
    id: row.id as ActivationId,
    person: row.person_id as PersonId,
    epoch: row.epoch,
    origin: row.origin === 'administrator' ? 'administrator' : 'self',
    needsSecondSecret: row.second_secret_hash !== null,
    profile: row.profile_id as ProfileId | null,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    completedAt: row.completed_at,
    confirmedAt: row.confirmed_at,
    refusedAt: row.refused_at,
  };
}

/** The code has 160 random bits: a plain hash gives nothing away. */
export const activationCodeHash = (code: string): string =>
  createHash('sha256').update(code).digest('base64url');
