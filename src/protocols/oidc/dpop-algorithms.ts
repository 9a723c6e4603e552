/** What a DPoP proof may be signed with (RFC 9449, 4.3). */
export const dpopAlgorithms = ['ES256', 'PS256', 'RS256'] as const;
