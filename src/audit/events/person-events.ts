import type { AuditEvent } from '../audit-event.js';

/** Who made a change and from where; `data` says by which way (the command line, an import). */
export type ChangedBy = Pick<AuditEvent, 'clientAddress' | 'data'>;

export const personAdded = (person: string, by: ChangedBy): AuditEvent => ({
  ...by,
  kind: 'person.added',
  person,
});

/** @param fields names of what changed, not the values */
export const personChanged = (
  person: string,
  by: ChangedBy,
  fields: readonly string[],
): AuditEvent => ({ ...by, kind: 'person.changed', person, data: { ...by.data, fields } });

export const personDisabled = (person: string, by: ChangedBy): AuditEvent => ({
  ...by,
  kind: 'person.disabled',
  person,
});

export const personEnabled = (person: string, by: ChangedBy): AuditEvent => ({
  ...by,
  kind: 'person.enabled',
  person,
});

export const personUnlocked = (person: string, by: ChangedBy): AuditEvent => ({
  ...by,
  kind: 'person.unlocked',
  person,
});

/** Everything issued to the person before is void. */
export const sessionsEndedEverywhere = (person: string, by: ChangedBy): AuditEvent => ({
  ...by,
  kind: 'sessions.ended_everywhere',
  person,
});

export const passwordChanged = (person: string, by: ChangedBy): AuditEvent => ({
  ...by,
  kind: 'password.changed',
  person,
});

/** By the person, who forgot it, or on their behalf. */
export const passwordResetRequested = (person: string, by: ChangedBy): AuditEvent => ({
  ...by,
  kind: 'password.reset_requested',
  person,
});

/** @param facts.inAll wrong passwords in a row, over all locks */
export const passwordLocked = (
  person: string | null,
  facts: { knownBrowser: boolean; inAll: number },
): AuditEvent => ({
  kind: 'password.locked',
  ...(person === null ? {} : { person }),
  data: { ...facts },
});
