import type { Person, PersonId } from '../directory/person.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import type { Activation } from './activation.js';
import type { Profile } from './profile.js';
import type { ActivationId } from './ids.js';

/** Issuing codes and confirming fingerprints: account pages, sign-in pages, help desk, API. */
export interface ActivationDesk {
  /** An unused code of the same origin issued before is void. The code is shown now and kept as a hash only. */
  issue(
    tx: Queryable,
    person: Pick<Person, 'id' | 'epoch'>,
    by: IssuedBy,
  ): Promise<IssuedActivation>;
  /** For the page that waits; `null` when it is not this person's. */
  watch(id: ActivationId, person: PersonId): Promise<WatchedActivation | null>;
  /** The phone that waits for its fingerprint to be confirmed, whoever issued its code; `null` when none does. */
  waiting(person: PersonId): Promise<WatchedActivation | null>;
  /** Makes the profile active, with audit row and mail. `null` unless it waits for just this. */
  confirm(
    tx: Queryable,
    id: ActivationId,
    person: PersonId,
    by?: Assistant,
  ): Promise<Profile | null>;
  /** The fingerprints differ: the draft is revoked. */
  refuse(tx: Queryable, id: ActivationId, person: PersonId, by?: Assistant): Promise<boolean>;
}

/** Who does it for the person, in audit rows: the command line, or a program of the help desk. */
export interface Assistant {
  actor: string;
  clientAddress?: string;
}

export type IssuedBy =
  | { origin: 'self'; clientAddress: string }
  | ({ origin: 'administrator'; lifetimeMs?: number } & Assistant);

export interface IssuedActivation {
  id: ActivationId;
  /** 32 characters; see `wire/activation-code.ts`. */
  code: string;
  /** 8 digits, to be sent another way; only from an administrator. */
  secondSecret: string | null;
  expiresAt: number;
}

export interface WatchedActivation {
  activation: Activation;
  /** Known once a phone has begun. */
  deviceName: string | null;
  /** Six digits, once the phone has completed its part. */
  fingerprint: string | null;
}

/** The phone's part. Every refusal is the code of an error answer (`docs/authenticator-protocol.md`, section 7). */
export interface PhoneActivation {
  begin(request: BeginActivation, from: { clientAddress: string }): Promise<BeginOutcome>;
  evaluate(profile: Profile, blinded: Uint8Array): Promise<EvaluateOutcome>;
  complete(
    profile: Profile,
    keys: { approvalKey: Uint8Array; proof: Uint8Array; codeSecret: Uint8Array | null },
  ): Promise<{ ok: true; expiresAt: number } | { ok: false; error: 'key_invalid' | 'state' }>;
  state(profile: Profile): Promise<'waiting' | 'active' | 'refused' | 'expired'>;
}

export interface BeginActivation {
  code: string;
  secondSecret: string | null;
  deviceKey: Uint8Array;
  installation: Uint8Array;
  deviceName: string;
  /** SHA-256 of the body: the identical call again gets the same answer. */
  bodyHash: string;
}

export type BeginOutcome =
  | { ok: true; activation: ActivationId; profile: Profile; person: Person; expiresAt: number }
  | { ok: false; error: 'not_found' | 'second_secret' | 'key_invalid' }
  | { ok: false; error: 'too_many'; retryAfterMs: number };

export type EvaluateOutcome =
  | { ok: true; evaluated: Uint8Array }
  | { ok: false; error: 'point_invalid' | 'too_many' | 'state' };
