import type { AuditEvent } from '../audit-event.js';
import { circumstances, type Circumstances } from './circumstances.js';

/** What a service says of itself, as far as an operator will want to look for it. */
interface ClientFacts {
  name: string;
  redirectUris: readonly string[];
}

/** @param facts.grantedBy id and label of the initial access token; never the token itself */
export const clientRegistered = (
  about: Circumstances,
  facts: ClientFacts & { grantedBy: { id: string; label: string } },
): AuditEvent => ({
  kind: 'client.registered',
  ...circumstances(about),
  data: {
    name: facts.name,
    redirect_uris: facts.redirectUris,
    granted_by: facts.grantedBy.id,
    label: facts.grantedBy.label,
  },
});

export const clientChanged = (about: Circumstances, facts: ClientFacts): AuditEvent => ({
  kind: 'client.changed',
  ...circumstances(about),
  data: { name: facts.name, redirect_uris: facts.redirectUris },
});

/** @param facts.grants how many grants ended with it */
export const clientRemoved = (
  about: Circumstances,
  facts: { name: string; grants: number },
): AuditEvent => ({ kind: 'client.removed', ...circumstances(about), data: { ...facts } });

/** @param facts.uses how many services it may register; `expiresAt` in milliseconds since the epoch */
export const registrationTokenCreated = (facts: {
  id: string;
  label: string;
  uses: number;
  expiresAt: number;
}): AuditEvent => ({
  kind: 'registration_token.created',
  data: {
    id: facts.id,
    label: facts.label,
    uses: facts.uses,
    expires: new Date(facts.expiresAt).toISOString(),
  },
});

export const registrationTokenRevoked = (id: string): AuditEvent => ({
  kind: 'registration_token.revoked',
  data: { id },
});
