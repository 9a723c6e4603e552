/** The key of a participant in `session.participants`. */
export const participantKey = (relyingParty: string): string => `wsfed:${relyingParty}`;

/** The protocol of participants. */
export const PARTICIPANT_PROTOCOL = 'wsfed';
