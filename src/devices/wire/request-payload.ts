/** What a device signs for each request (`docs/authenticator-protocol.md`, section 5). */
export interface RequestPayload {
  profile: string;
  seq: number;
  iat: number;
  htm: string;
  htu: string;
  /** SHA-256 of the body, base64url. */
  body: string;
}

export const requestHeaderName = 'Drawbridge-Request';
