import * as client from 'openid-client';
import type { TestBrowser, Visit } from './browser.js';
import { PASSWORD } from './people.js';

export const CALLBACK = 'http://127.0.0.1:7100/callback';

/** A relying party of its own, as a real client library sees things. */
export class OidcClient {
  readonly config: client.Configuration;
  readonly redirectUri: string;

  constructor(config: client.Configuration, redirectUri = CALLBACK) {
    this.config = config;
    this.redirectUri = redirectUri;
  }

  static async discover(
    url: string,
    clientId: string,
    options: { secret?: string | null; redirectUri?: string; fetch?: client.CustomFetch } = {},
  ): Promise<OidcClient> {
    const secret =
      options.secret === undefined ? `secret-of-${clientId}-0123456789` : options.secret;
    const config = await client.discovery(
      new URL(url),
      clientId,
      secret ?? undefined,
      secret === null ? client.None() : undefined,
      {
        execute: [client.allowInsecureRequests],
        ...(options.fetch === undefined ? {} : { [client.customFetch]: options.fetch }),
      },
    );
    return new OidcClient(config, options.redirectUri);
  }

  /** A fresh authorization request with everything a careful client sends. */
  async request(parameters: Record<string, string> = {}): Promise<AuthorizationRequest> {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(this.config, {
      redirect_uri: this.redirectUri,
      scope: 'openid profile email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...parameters,
    });
    return { url: url.href, verifier, state, nonce };
  }

  redeem(
    request: AuthorizationRequest,
    arrived: Visit,
  ): ReturnType<typeof client.authorizationCodeGrant> {
    return client.authorizationCodeGrant(this.config, new URL(arrived.location ?? ''), {
      pkceCodeVerifier: request.verifier,
      expectedState: request.state,
      expectedNonce: request.nonce,
    });
  }
}

export interface AuthorizationRequest {
  url: string;
  verifier: string;
  state: string;
  nonce: string;
}

/** From an authorization URL to the redirect that leaves, typing what the pages ask for. */
export async function signIn(
  browser: TestBrowser,
  url: string,
  who: { username: string; code: () => string; password?: string },
): Promise<Visit> {
  const password = await browser.open(url);
  const otp = await browser.submit(password, {
    username: who.username,
    password: who.password ?? PASSWORD,
  });
  return browser.submit(otp, { code: who.code() });
}

/** Parameters of the answer that reached the client's address. */
export function answerOf(visit: Visit): Record<string, string> {
  if (visit.location === null) throw new Error(`no redirect: ${visit.status} ${visit.body}`);
  return Object.fromEntries(new URL(visit.location).searchParams);
}
