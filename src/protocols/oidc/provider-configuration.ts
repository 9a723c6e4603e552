import type {
  Account,
  Adapter,
  Client,
  ClientMetadata,
  Configuration,
  Grant,
  JWK,
  KoaContextWithOIDC,
  ResourceServer,
} from 'oidc-provider';
import type { OidcConfiguration } from '../../config/configuration.js';
import type { SigningKey } from '../../keys/key-store.js';
import { acrDemands } from '../../sessions/strength.js';
import { dpopAlgorithms } from './dpop-algorithms.js';
import { loopbackHosts } from './loopback-hosts.js';
import { RELYING_PARTY } from './client-metadata.js';
import { claimsByScope, ownScopes } from './own-scopes.js';
import { assertClaimsParameter } from './authorize/claims-parameter.js';
import { assertResponseMode } from './authorize/response-mode.js';
import { LONGEST_JWT_SECONDS } from './resources/resource-directory.js';
import { VIEW_ID } from './storage/session-view.js';
import type { DeviceAnswers } from './device/device-answers.js';
import { DEVICE_CODE_MASK, DEVICE_CODE_SECONDS } from './device/user-code.js';
import { clientSigningAlgorithms, type OidcSettings } from './client-settings.js';

export interface ProviderParts {
  adapter: (kind: string) => Adapter;
  clients: readonly ClientMetadata[];
  keys: readonly SigningKey[];
  lifetimes: OidcConfiguration;
  /** Said in discovery; absent where services cannot register themselves. */
  registrationEndpoint?: string;
  customClaims: readonly string[];
  policy: NonNullable<NonNullable<Configuration['interactions']>['policy']>;
  interactionUrl: (ctx: KoaContextWithOIDC, prompt: string, uid: string) => Promise<string>;
  findAccount: (ctx: KoaContextWithOIDC, sub: string) => Promise<Account | undefined>;
  loadExistingGrant: (ctx: KoaContextWithOIDC) => Promise<Grant | undefined>;
  /** @throws InvalidTarget */
  resourceOf: (identifier: string, client: Client, grantType?: string) => ResourceServer;
  settingsOf: (client: Pick<Client, 'clientId'>) => OidcSettings | null;
  /** Puts back the `offline_access` that the library drops from first parties' requests without `prompt=consent`. */
  keepOfflineAccess: (ctx: KoaContextWithOIDC) => void;
  /** What the library shows at the end of a device's sign-in, in our pages. */
  deviceAnswers: DeviceAnswers;
  logoutSource: (ctx: KoaContextWithOIDC, form: string) => Promise<void>;
  postLogoutSuccessSource: (ctx: KoaContextWithOIDC) => Promise<void>;
  /** How the library reaches addresses that clients name. */
  fetch: NonNullable<Configuration['fetch']>;
  assertClientAssertion: (claims: Record<string, unknown>, header: Record<string, unknown>) => void;
  renderError: (ctx: KoaContextWithOIDC, out: { error: string }, error: Error) => Promise<void>;
}

/** A token, as far as its lifetime depends on what it is for. */
interface IssuedFor {
  resourceServer?: { accessTokenFormat?: string | undefined } | undefined;
}

/** Name of a parameter that exists only so that its validator runs after the library's scope check. */
const AFTER_SCOPE_CHECK = 'drawbridge_after_scope_check';

export function providerConfiguration(parts: ProviderParts): Configuration {
  const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
  const { lifetimes } = parts;
  const lifetimeOf =
    (field: 'access_token_lifetime' | 'id_token_lifetime', fallback: number) =>
    (_ctx: unknown, token: object, client: Client) => {
      const chosen = parts.settingsOf(client)?.[field] ?? seconds(fallback);
      const isJwt = (token as IssuedFor).resourceServer?.accessTokenFormat === 'jwt';
      return isJwt ? Math.min(chosen, LONGEST_JWT_SECONDS) : chosen;
    };
  return {
    adapter: parts.adapter,
    // Given whole, so that the library need not read and compare one in every request.
    clients: [...parts.clients],
    jwks: { keys: parts.keys.map(jwkOf) },
    routes: {
      authorization: '/authorize',
      token: '/token',
      userinfo: '/userinfo',
      jwks: '/jwks',
      introspection: '/introspect',
      revocation: '/revoke',
      end_session: '/logout',
      pushed_authorization_request: '/par',
      device_authorization: '/device_authorization',
      code_verification: '/device',
    },
    ...(parts.registrationEndpoint === undefined
      ? {}
      : { discovery: { registration_endpoint: parts.registrationEndpoint } }),
    fetch: parts.fetch,
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims, header) => {
      parts.assertClientAssertion(claims, header);
      return Promise.resolve();
    },
    cookies: {
      names: { session: VIEW_ID, interaction: 'oidc-interaction', resume: 'oidc-resume' },
      long: { httpOnly: true, sameSite: 'lax', signed: false },
      // Not signed: what they name is bound to the browser by our own secret.
      short: { httpOnly: true, sameSite: 'lax', signed: false },
    },
    scopes: [...ownScopes],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time', ...parts.customClaims],
      ...Object.fromEntries(
        Object.entries(claimsByScope).map(([scope, list]) => [scope, [...list]]),
      ),
    },
    acrValues: Object.keys(acrDemands),
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    subjectTypes: ['public'],
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: {
      clientAuthSigningAlgValues: [...clientSigningAlgorithms],
      dPoPSigningAlgValues: [...dpopAlgorithms],
      idTokenSigningAlgValues: ['ES256', 'RS256'],
      userinfoSigningAlgValues: ['ES256', 'RS256'],
      introspectionSigningAlgValues: ['ES256', 'RS256'],
    },
    extraClientMetadata: { properties: [RELYING_PARTY] },
    extraParams: {
      [AFTER_SCOPE_CHECK]: (ctx: KoaContextWithOIDC) => {
        assertResponseMode(ctx, ctx.oidc.client ? parts.settingsOf(ctx.oidc.client) : null);
        parts.keepOfflineAccess(ctx);
      },
    },
    features: {
      claimsParameter: {
        enabled: true,
        assertClaimsParameter: (_ctx, claims) => {
          assertClaimsParameter(claims);
        },
      },
      // Only says so in discovery and puts `sid` into ID tokens: the library's own logout, which would send, is not used.
      backchannelLogout: { enabled: true },
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => {
          const { clientId, aud } = token as { clientId?: string; aud?: unknown };
          const served = parts.settingsOf(client)?.introspection_resources ?? [];
          // A token ends with the service it was issued to, whatever it was issued for.
          if (clientId === undefined || parts.settingsOf({ clientId }) === null) {
            return Promise.resolve(false);
          }
          const isFor = typeof aud === 'string' && served.includes(aud);
          return Promise.resolve(
            client.clientAuthMethod !== 'none' && (clientId === client.clientId || isFor),
          );
        },
      },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: parts.logoutSource,
        postLogoutSuccessSource: parts.postLogoutSuccessSource,
      },
      resourceIndicators: {
        enabled: true,
        // Whoever named one resource when they asked means it when they redeem.
        useGrantedResource: () => Promise.resolve(true),
        getResourceServerInfo: (ctx, identifier, client) => {
          const grantType: unknown = ctx.oidc.params?.['grant_type'];
          const asked = typeof grantType === 'string' ? grantType : undefined;
          return Promise.resolve(parts.resourceOf(identifier, client, asked));
        },
      },
      userinfo: { enabled: true },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: DEVICE_CODE_MASK,
        ...parts.deviceAnswers,
      },
      dPoP: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
    },
    // A grant decides whether its tokens live; it ends with the session unless offline access was given.
    expiresWithSession: () => Promise.resolve(false),
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client, source) =>
      Promise.resolve(
        client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
      ),
    clientBasedCORS: (_ctx, origin, client) => mayCallFrom(origin, parts.settingsOf(client)),
    findAccount: parts.findAccount,
    loadExistingGrant: parts.loadExistingGrant,
    interactions: {
      policy: parts.policy,
      url: (ctx, interaction) =>
        parts.interactionUrl(ctx, interaction.prompt.name, interaction.uid),
    },
    renderError: (ctx, out, error) => parts.renderError(ctx, out, error),
    ttl: {
      DeviceCode: DEVICE_CODE_SECONDS,
      AuthorizationCode: seconds(lifetimes.codeLifetime),
      AccessToken: lifetimeOf('access_token_lifetime', lifetimes.accessTokenLifetime),
      ClientCredentials: lifetimeOf('access_token_lifetime', lifetimes.accessTokenLifetime),
      IdToken: lifetimeOf('id_token_lifetime', lifetimes.idTokenLifetime),
      RefreshToken: (ctx, _token, client) => {
        const whole =
          parts.settingsOf(client)?.refresh_token_lifetime ??
          seconds(lifetimes.refreshTokenLifetime);
        const spent = ctx.oidc.entities.RotatedRefreshToken?.totalLifetime() ?? 0;
        return Math.max(1, whole - spent);
      },
      Grant: seconds(lifetimes.refreshTokenLifetime),
      Interaction: 15 * 60,
      Session: 12 * 60 * 60,
    },
  };
}

function jwkOf(key: SigningKey): JWK {
  const jwk = key.privateKey.export({ format: 'jwk' });
  return { ...jwk, kid: key.kid, alg: key.algorithm, use: 'sig' };
}

/** Browser origins that may call the token, userinfo and revocation endpoints for a client. */
function mayCallFrom(origin: string, settings: OidcSettings | null): boolean {
  if (settings === null) return false;
  const own = settings.redirect_uris.flatMap((uri) => {
    const url = new URL(uri);
    return url.protocol === 'https:' || loopbackHosts.has(url.hostname) ? [url.origin] : [];
  });
  return [...own, ...settings.allowed_origins].includes(origin);
}
