import type { AuditEvent } from '../audit-event.js';
import { circumstances } from './circumstances.js';
import type { Circumstances } from './circumstances.js';

/** How a change to a person came about. */
export type ChangedBy = 'person' | 'administrator' | 'command-line' | 'import';

export const personAdded = (about: Circumstances, by: ChangedBy, username: string): AuditEvent =>
  personEvent('person.added', about, { by, username });

/** @param fields names of what changed, not the values */
export const personChanged = (
  about: Circumstances,
  by: ChangedBy,
  fields: readonly string[],
): AuditEvent => personEvent('person.changed', about, { by, fields });

export const personDisabled = (about: Circumstances, by: ChangedBy): AuditEvent =>
  personEvent('person.disabled', about, { by });

export const personEnabled = (about: Circumstances, by: ChangedBy): AuditEvent =>
  personEvent('person.enabled', about, { by });

export const personUnlocked = (about: Circumstances, by: ChangedBy): AuditEvent =>
  personEvent('person.unlocked', about, { by });

export const passwordChanged = (
  about: Circumstances,
  how: 'changed' | 'reset-link' | 'first-password' | 'forced',
): AuditEvent => personEvent('password.changed', about, { how });

/** Also for unknown people, then without `person`, so that pages need not differ. */
export const passwordResetRequested = (about: Circumstances): AuditEvent =>
  personEvent('password.reset_requested', about, {});

/** @param until milliseconds since the epoch; `null` until the help desk or another factor opens it */
export const passwordLocked = (
  about: Circumstances,
  facts: { until: number | null; failures: number; budget: 'general' | 'known-browser' },
): AuditEvent => personEvent('password.locked', about, { ...facts });

function personEvent(
  kind: AuditEvent['kind'],
  about: Circumstances,
  data: NonNullable<AuditEvent['data']>,
): AuditEvent {
  return { kind, ...circumstances(about), data };
}
