import type { AuditEvent } from '../audit-event.js';
import { circumstances, type Circumstances } from './circumstances.js';

/** Which credential on which phone; never a key. */
export interface ProfileFacts {
  profile: string;
  device: string;
  label: string;
}

export const activationIssued = (
  about: Circumstances,
  facts: { activation: string; origin: string; by: string | null; expiresAt: number },
): AuditEvent => deviceEvent('device.activation_issued', about, { ...facts });

/** Other digits than those of the phone that waits were read out, or its person did not want it. */
export const activationRefused = (
  about: Circumstances,
  facts: { activation: string; profile: string | null; by: string | null },
): AuditEvent => deviceEvent('device.activation_refused', about, { ...facts });

export const deviceAdded = (
  about: Circumstances,
  facts: ProfileFacts & { by: string | null },
): AuditEvent => deviceEvent('device.added', about, { ...facts });

export const deviceRevoked = (
  about: Circumstances,
  facts: ProfileFacts & {
    because: string;
    ends: string;
    by: string | null;
    stated: string | null;
  },
): AuditEvent => deviceEvent('device.revoked', about, { ...facts });

/** Too many wrong PINs: only a new activation helps. */
export const deviceLocked = (
  about: Circumstances,
  facts: ProfileFacts & { attempts: number },
): AuditEvent => deviceEvent('device.locked', about, { ...facts });

/** Somebody said on their phone that a sign-in was not theirs. */
export const signInDisowned = (
  about: Circumstances,
  facts: ProfileFacts & { challenge: string; place: string; browser: string },
): AuditEvent => deviceEvent('sign_in.disowned', about, { ...facts });

/** Somebody said on the account page that a sign-in was not theirs. @param facts.reference of the row that tells of it */
export const signInReported = (
  about: Circumstances,
  facts: { reference: string; place: string; browser: string },
): AuditEvent => deviceEvent('sign_in.disowned', about, { by: 'person', ...facts });

function deviceEvent(
  kind: AuditEvent['kind'],
  about: Circumstances,
  data: NonNullable<AuditEvent['data']>,
): AuditEvent {
  return { kind, ...circumstances(about), data };
}
