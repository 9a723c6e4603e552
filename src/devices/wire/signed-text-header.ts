/** The protected header, member for member. Nothing else is accepted and nothing of it is used to look a key up. */
export interface SignedTextHeader {
  alg: 'ES256';
  typ: 'drawbridge-request+jws' | 'drawbridge-approval+jws';
  kid: string;
}

export type SignedTextUse = 'request' | 'approval-by-device' | 'approval-by-approval-key';

export function signedTextHeader(use: SignedTextUse, profile: string): SignedTextHeader {
  const typ = use === 'request' ? 'drawbridge-request+jws' : 'drawbridge-approval+jws';
  const key = use === 'approval-by-approval-key' ? 'approval' : 'device';
  return { alg: 'ES256', typ, kid: `${profile}#${key}` };
}
