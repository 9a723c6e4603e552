import type { NameId } from '../../saml-core/messages.js';
import type { Participant } from '../../sessions/session.js';

/** What a service provider was told about a session, kept with it for logout. */
export interface SamlParticipation {
  issuer: string;
  sessionIndex: string;
  nameId: NameId;
}

/** The key of a participant in `session.participants`. */
export const participantKey = (relyingParty: string): string => `saml:${relyingParty}`;

export function toParticipantState(participation: SamlParticipation): Participant['state'] {
  const { issuer, sessionIndex, nameId } = participation;
  return { issuer, sessionIndex, ...nameId };
}

export function participationOf({ state }: Pick<Participant, 'state'>): SamlParticipation {
  const text = (name: string): string | null => {
    const value = state[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    issuer: text('issuer') ?? '',
    sessionIndex: text('sessionIndex') ?? '',
    nameId: {
      value: text('value') ?? '',
      format: text('format'),
      nameQualifier: text('nameQualifier'),
      spNameQualifier: text('spNameQualifier'),
    },
  };
}
