import type { AuditEvent } from '../audit-event.js';

/** Ids of the relying parties that a reload added, removed or changed. */
export const configurationReloaded = (facts: {
  added: readonly string[];
  removed: readonly string[];
  changed: readonly string[];
}): AuditEvent => ({ kind: 'configuration.reloaded', data: { ...facts } });

/** What was in force stays in force. `problems` name path and rule, never a secret. */
export const configurationRefused = (problems: readonly string[]): AuditEvent => ({
  kind: 'configuration.refused',
  data: { problems: problems.slice(0, 20), count: problems.length },
});

/** @param facts.url the public URL */
export const serverStarted = (facts: { url: string; mode: 'demo' | 'configured' }): AuditEvent => ({
  kind: 'server.started',
  data: { ...facts },
});
