/** A sign-in that was sent off to Drawbridge and has not come back. */
export interface SentOff {
  state: string;
  nonce: string;
  verifier: string;
}

/** What the service was told about the person who is signed in to it. */
export interface SignedIn {
  idToken: string;
  refreshToken: string | null;
  claims: Readonly<Record<string, unknown>>;
  renewed: boolean;
}
