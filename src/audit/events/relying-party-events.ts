import type { AuditEvent } from '../audit-event.js';

/** @param facts.source `file`, `paste`, or the URL it came from; `replaced`: there was one of that id */
export const relyingPartyImported = (facts: {
  id: string;
  entityId: string;
  source: string;
  verified: boolean;
  replaced: boolean;
}): AuditEvent => ({
  kind: 'relying_party.imported',
  relyingParty: facts.id,
  data: {
    entity_id: facts.entityId,
    source: facts.source,
    verified: facts.verified,
    replaced: facts.replaced,
    by: 'command line',
  },
});

export const relyingPartyRemoved = (facts: { id: string; protocol: string }): AuditEvent => ({
  kind: 'relying_party.removed',
  relyingParty: facts.id,
  data: { protocol: facts.protocol, by: 'command line' },
});

/** Fetched metadata says something else than before: other keys, other addresses. */
export const partnerMetadataChanged = (facts: {
  id: string;
  entityId: string;
  url: string;
  /** It was signed with SHA-1, which is accepted of Microsoft alone. */
  sha1: boolean;
}): AuditEvent => ({
  kind: 'relying_party.metadata_changed',
  relyingParty: facts.id,
  data: {
    entity_id: facts.entityId,
    source: facts.url,
    ...(facts.sha1 ? { signed_with_sha1: true } : {}),
  },
});
