import type { AuditEvent } from '../audit-event.js';

/** A signing key by its public parts. */
export interface KeyFacts {
  kid: string;
  issuer: string;
  purpose: string;
  algorithm: string;
}

export const keyPublished = (key: KeyFacts): AuditEvent => keyEvent('key.published', key);
/** From now on the key signs. */
export const keyUsed = (key: KeyFacts): AuditEvent => keyEvent('key.used', key);
export const keyRetired = (key: KeyFacts): AuditEvent => keyEvent('key.retired', key);

/** @param relyingParties how many there are now */
export const configurationReloaded = (relyingParties: number): AuditEvent => ({
  kind: 'configuration.reloaded',
  data: { relying_parties: relyingParties },
});

/** What was in force stays in force. `problems` name path and rule, never a value. */
export const configurationRefused = (problems: readonly string[]): AuditEvent => ({
  kind: 'configuration.refused',
  data: { problems: problems.slice(0, 20), count: problems.length },
});

export const serverStarted = (facts: {
  version: string;
  mode: 'demo' | 'configured';
  database: 'postgres' | 'sqlite';
}): AuditEvent => ({ kind: 'server.started', data: { ...facts } });

function keyEvent(
  kind: AuditEvent['kind'],
  { kid, issuer, purpose, algorithm }: KeyFacts,
): AuditEvent {
  return { kind, data: { kid, issuer, purpose, algorithm } };
}
