import type { PersonId } from '../directory/person.js';
import type { ActivationId, ProfileId } from './ids.js';

/** A code with which a phone may be added to a person, from its issue until the fingerprint is confirmed. */
export interface Activation {
  id: ActivationId;
  person: PersonId;
  /** The person's epoch when it was issued: what voids everything issued before voids this too. */
  epoch: number;
  origin: 'self' | 'administrator';
  needsSecondSecret: boolean;
  /** The draft that the code was used for. */
  profile: ProfileId | null;
  createdAt: number;
  /** Of the code; after its use, of the rest of the activation. */
  expiresAt: number;
  usedAt: number | null;
  completedAt: number | null;
  confirmedAt: number | null;
  refusedAt: number | null;
}

/** `completed`: the phone waits for its fingerprint to be confirmed on the web page. */
export type ActivationState = 'issued' | 'begun' | 'completed' | 'active' | 'refused' | 'expired';

export function activationState(activation: Activation, now: number): ActivationState {
  if (activation.confirmedAt !== null) return 'active';
  if (activation.refusedAt !== null) return 'refused';
  if (activation.expiresAt <= now) return 'expired';
  if (activation.completedAt !== null) return 'completed';
  return activation.usedAt === null ? 'issued' : 'begun';
}
