import type { PersonId } from '../directory/person.js';
import type { ActivationId, DeviceId, ProfileId } from './ids.js';

/** A person's credential on a device: its own keys, its own PIN. */
export interface Profile {
  id: ProfileId;
  person: PersonId;
  device: DeviceId;
  activation: ActivationId;
  name: string;
  /** Uncompressed P-256 points, base64url. The approval key is unknown until the activation is completed. */
  deviceKey: string;
  approvalKey: string | null;
  /** The code credential of `factors/otp`; null: no offline codes. */
  codeCredential: string | null;
  /** Can be rung; without one the phone finds requests when it is opened. */
  hasSubscription: boolean;
  createdAt: number;
  activatedAt: number | null;
  lastSeenAt: number | null;
  /** By an approval, or by one of its codes. */
  lastUsedAt: number | null;
  /** Set by the evaluation that used the strikes up; a valid approval for it undoes that. */
  lockedAt: number | null;
  revokedAt: number | null;
  revokedBecause: RevocationReason | null;
}

/** `reset`: nobody revokes for it; what was revoked before the help desk removed all second factors. */
export type RevocationReason =
  'person' | 'help-desk' | 'own-device' | 'clone' | 'replaced' | 'activation-ended' | 'reset';

/** What a signed request meets. */
export type ProfileState = 'draft' | 'active' | 'locked' | 'revoked';

export function profileState(
  profile: Pick<Profile, 'activatedAt' | 'lockedAt' | 'revokedAt'>,
): ProfileState {
  if (profile.revokedAt !== null) return 'revoked';
  if (profile.activatedAt === null) return 'draft';
  return profile.lockedAt === null ? 'active' : 'locked';
}
