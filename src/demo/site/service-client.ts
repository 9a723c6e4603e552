import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import type { ServiceFetch } from './fetch-trusting.js';
import { NotBelieved } from './not-believed.js';
import type { SentOff, SignedIn } from './oidc-visit.js';

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** A service's side of OpenID Connect, as any service written with this library would have it. */
export class ServiceClient {
  readonly #issuer: string;
  readonly #id: string;
  readonly #secret: string;
  readonly #scope: string;
  readonly #fetch: ServiceFetch;
  #discovered: Promise<oidc.Configuration> | null = null;
  #keys: ReturnType<typeof createRemoteJWKSet> | null = null;

  constructor(
    issuer: string,
    client: { id: string; secret: string; scope: string },
    fetch: ServiceFetch,
  ) {
    this.#fetch = fetch;
    this.#issuer = issuer;
    this.#id = client.id;
    this.#secret = client.secret;
    this.#scope = client.scope;
  }

  /** @param again the person is asked for everything once more */
  async signIn(redirectUri: string, again: boolean): Promise<{ url: string; sentOff: SentOff }> {
    const sentOff = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
    const url = oidc.buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: redirectUri,
      scope: this.#scope,
      state: sentOff.state,
      nonce: sentOff.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(sentOff.verifier),
      code_challenge_method: 'S256',
      ...(again ? { prompt: 'login' } : {}),
    });
    return { url: url.href, sentOff };
  }

  /** @throws oidc.AuthorizationResponseError when the answer is an error, others when it cannot be believed */
  async finish(answer: URL, sentOff: SentOff): Promise<SignedIn> {
    const tokens = await oidc.authorizationCodeGrant(await this.#configuration(), answer, {
      expectedState: sentOff.state,
      expectedNonce: sentOff.nonce,
      pkceCodeVerifier: sentOff.verifier,
      idTokenExpected: true,
    });
    return signedIn(tokens, null);
  }

  /** New tokens without the person. @throws oidc.ResponseBodyError when Drawbridge no longer vouches for them */
  async renew(before: SignedIn & { refreshToken: string }): Promise<SignedIn> {
    const { refreshToken } = before;
    const tokens = await oidc.refreshTokenGrant(await this.#configuration(), refreshToken);
    return signedIn(tokens, before);
  }

  async signOutUrl(idToken: string, returnTo: string): Promise<string> {
    const url = oidc.buildEndSessionUrl(await this.#configuration(), {
      id_token_hint: idToken,
      post_logout_redirect_uri: returnTo,
    });
    return url.href;
  }

  /** The session (`sid`) that a logout token is about (OpenID Connect Back-Channel Logout 1.0, 2.6). @throws NotBelieved */
  async endedSession(logoutToken: string): Promise<string> {
    const { issuer, jwks_uri: keys = '' } = (await this.#configuration()).serverMetadata();
    this.#keys ??= createRemoteJWKSet(new URL(keys), { [customFetch]: this.#fetch });
    const { payload } = await jwtVerify(logoutToken, this.#keys, {
      issuer,
      audience: this.#id,
      typ: 'logout+jwt',
      requiredClaims: ['sid', 'events', 'iat', 'exp'],
    }).catch((error: unknown) => {
      throw new NotBelieved(error);
    });
    const { events, sid, nonce } = payload;
    const isLogout = typeof events === 'object' && events !== null && LOGOUT_EVENT in events;
    if (!isLogout || typeof sid !== 'string' || nonce !== undefined) {
      throw new NotBelieved('no logout token');
    }
    return sid;
  }

  /** Read when first needed, and again after a failure: Drawbridge starts in the same moment as the service. */
  #configuration(): Promise<oidc.Configuration> {
    this.#discovered ??= oidc
      .discovery(
        new URL(this.#issuer),
        this.#id,
        undefined,
        oidc.ClientSecretBasic(this.#secret),
        // Plain http, because all of this is on loopback.
        {
          execute: [oidc.allowInsecureRequests],
          [oidc.customFetch]: this.#fetch as oidc.CustomFetch,
        },
      )
      .catch((error: unknown) => {
        this.#discovered = null;
        throw error;
      });
    return this.#discovered;
  }
}

function signedIn(
  tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  before: SignedIn | null,
): SignedIn {
  return {
    idToken: tokens.id_token ?? before?.idToken ?? '',
    refreshToken: tokens.refresh_token ?? before?.refreshToken ?? null,
    claims: tokens.claims() ?? before?.claims ?? {},
    renewed: before !== null,
  };
}
