import type { Person, PersonId } from '../directory/person.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import type { Device } from './device.js';
import type { Profile, RevocationReason } from './profile.js';
import type { DeviceId, ProfileId } from './ids.js';

/** A device with its profiles, revoked ones left out unless asked for. */
export interface DeviceWithProfiles extends Device {
  profiles: readonly Profile[];
}

/** Reading devices and profiles; one or two round trips each. */
export interface DeviceReader {
  devicesOf(
    person: PersonId,
    options?: { revokedToo: boolean },
  ): Promise<readonly DeviceWithProfiles[]>;
  profile(id: ProfileId): Promise<Profile | null>;
  /** Active and not locked: those that a challenge can be sent to. */
  usableProfiles(person: PersonId): Promise<readonly Profile[]>;
}

/** Changes that need no secret. Each is one statement; `false`: there is no such profile in force. */
export interface ProfileWriter {
  /** @param as only while nothing issued to them was made void since they were read */
  rename(id: ProfileId, name: string, as?: Person): Promise<boolean>;
  setSubscription(id: ProfileId, subscription: PushSubscription | null): Promise<boolean>;
  /** Forgets a subscription that the push service calls gone, unless it has been replaced since. */
  dropSubscription(id: ProfileId, endpoint: string): Promise<void>;
  subscription(id: ProfileId): Promise<PushSubscription | null>;
}

/** RFC 8030 and 8291: where to push to, and the keys to encrypt for, base64url. */
export interface PushSubscription {
  endpoint: string;
  p256dh: string;
  auth: string;
}

/**
 * Ends credentials: the OPRF key, the code secret and the subscription are deleted, the audit row and the mail written, in one
 * transaction, and what was opened with them is void by configuration; then whoever listens (`RevocationListener`) is told. Revoking what is revoked changes nothing.
 */
export interface Revocation {
  revokeProfile(tx: Queryable, id: ProfileId, by: RevokedBy): Promise<Profile | null>;
  revokeDevice(tx: Queryable, person: PersonId, id: DeviceId, by: RevokedBy): Promise<number>;
  revokeAll(tx: Queryable, person: PersonId, by: RevokedBy): Promise<number>;
}

export interface RevokedBy {
  because: RevocationReason;
  clientAddress?: string;
  /** Who, where it was not the person: an administrator's or client's id. */
  actor?: string;
  /** What they said happened, for the audit row. */
  stated?: StatedReason;
}

export const statedReasons = ['lost', 'stolen', 'replaced', 'left'] as const;
export type StatedReason = (typeof statedReasons)[number];

/** Told after the transaction: live challenges die, streams end. */
export type RevocationListener = (
  revoked: Pick<Profile, 'id' | 'person'> & { because: RevocationReason },
) => Promise<void>;
