import type { AuditEvent } from '../audit-event.js';

/** Who, for which relying party, from where. What is unknown is left out. */
export interface Circumstances {
  person?: string | null | undefined;
  relyingParty?: string | null | undefined;
  clientAddress?: string | null | undefined;
}

export function circumstances(
  from: Circumstances,
): Pick<AuditEvent, 'person' | 'relyingParty' | 'clientAddress'> {
  return {
    ...(from.person ? { person: from.person } : {}),
    ...(from.relyingParty ? { relyingParty: from.relyingParty } : {}),
    ...(from.clientAddress ? { clientAddress: from.clientAddress } : {}),
  };
}
