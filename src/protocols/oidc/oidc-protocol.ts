import { Router, type Request } from 'express';
import { errors, Provider, type KoaContextWithOIDC } from 'oidc-provider';
import type { AuditLog } from '../../audit/audit-log.js';
import type { OidcConfiguration } from '../../config/configuration.js';
import type { PublicUrl } from '../../config/public-url.js';
import type { Directory } from '../../directory/directory.js';
import { readPrefixedId } from '../../kernel/prefixed-id.js';
import type { Clock } from '../../kernel/clock.js';
import type { RandomSource } from '../../kernel/random.js';
import type { JobBody, Outbox } from '../../jobs/outbox.js';
import type { KeyStore } from '../../keys/key-store.js';
import type { Sealer } from '../../keys/sealer.js';
import type { Circumstances } from '../../login/circumstances.js';
import type { EvaluatePolicy, StandingPermission } from '../../login/evaluate-policy.js';
import type { SignIns } from '../../login/sign-ins.js';
import type { SignOut } from '../../logout/sign-out.js';
import type { RelyingParty, RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import type { ParticipantEnder } from '../../sessions/end-session.js';
import type { SessionStore, StoredSession } from '../../sessions/session-store.js';
import type { EphemeralStore } from '../../storage/ephemeral/ephemeral-store.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { BrowserSecrets } from '../../web/browser-secret.js';
import type { Cookies } from '../../web/cookies.js';
import type { PageSender } from '../../web/send-page.js';
import { allowedMethods } from './allowed-methods.js';
import { createInteractionUrl } from './authorize/begin-interaction.js';
import { createConsentPages } from './authorize/consent-pages.js';
import { Consents } from './authorize/consents.js';
import { createGrantLoader } from './authorize/grants-of-request.js';
import { createInteractionPolicy, createJudge } from './authorize/interaction-policy.js';
import { keepOfflineAccess } from './authorize/offline-access.js';
import { createParkedRequests } from './authorize/parked-request.js';
import { assertClientAssertion } from './client-auth/client-assertions.js';
import { claimsOf, configuredClaims } from './claims.js';
import { ClientDirectory } from './client-directory.js';
import { createDeviceAnswers } from './device/device-answers.js';
import { createDevicePages } from './device/device-pages.js';
import { enterRequest } from './enter-request.js';
import { createLibraryPages } from './library-pages.js';
import { createBackchannelLogout } from './logout/backchannel-logout.js';
import { createGrantEnder } from './logout/end-grant.js';
import { createLogoutPages } from './logout/logout-pages.js';
import { createLogoutRequests } from './logout/logout-requests.js';
import { createLibraryFetch } from './outgoing/library-fetch.js';
import { createGuardedRequest } from '../../web/guarded-request.js';
import { createAnswerHooks } from './answer-hooks.js';
import { presentRequest } from './present-request.js';
import { providerConfiguration } from './provider-configuration.js';
import { createRegistration } from './registration/create-registration.js';
import { REGISTRATION_PATH } from './registration/registration-endpoint.js';
import { refuseUnusable } from './registration/usable-client.js';
import { noteUnavailable, requestScope, runInScope } from './request-scope.js';
import { createClientTokenReader, type ReadClientToken } from './resources/read-client-token.js';
import { createResourceDirectory, type OwnResource } from './resources/resource-directory.js';
import { adapterFactory } from './storage/adapter.js';
import { createArtefactStore } from './storage/artefact-store.js';
import { createCodeStore } from './storage/code-store.js';
import { createDeviceCodeStore } from './storage/device-code-store.js';
import { GrantStore } from './storage/grant-store.js';
import { interactionView } from './storage/interaction-view.js';
import { createPushedRequestStore } from './storage/pushed-request-store.js';
import { createReplayStore } from './storage/replay-store.js';
import { createRefreshTokenStore } from './storage/refresh-token-store.js';
import { createSessionView } from './storage/session-view.js';

export interface OidcProtocolDeps {
  audit: AuditLog;
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  clock: Clock;
  configuration: OidcConfiguration;
  cookies: Cookies;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  database: SqlDatabase;
  directory: Directory;
  evaluatePolicy: EvaluatePolicy;
  keys: KeyStore;
  onError: (error: unknown) => void;
  outbox: Outbox;
  /** Of the product itself, for programs only. */
  ownResources: readonly OwnResource[];
  pages: PageSender;
  publicUrl: PublicUrl;
  random: RandomSource;
  /** Puts in force here what has been registered. */
  refreshRegistered: () => Promise<void>;
  registry: RelyingPartyRegistry;
  sealer: Sealer;
  sessions: SessionStore;
  signIns: SignIns;
  signOut: SignOut;
  standingPermission: StandingPermission;
  store: EphemeralStore;
}

export interface OidcProtocol {
  router: Router;
  /** What the end of a session means for this protocol. */
  ender: ParticipantEnder;
  /** What the outbox does for this protocol. */
  jobs: readonly JobBody[];
  /** Deletes grants and tokens that nobody can use any more. */
  prune: (before: number) => Promise<void>;
  /** For our own resources: whose token it is, and what it may do there now. */
  readClientToken: ReadClientToken;
  close: () => void;
}

const LIBRARY_PATH =
  /^\/(authorize(\/[^/]+)?|device(\/[^/]+)?|device_authorization|token|par|userinfo|jwks|introspect|revoke|logout|\.well-known\/(openid-configuration|oauth-authorization-server))$/;

/** A key set or an acknowledgement is small and comes at once. */
const OUTGOING_BOUNDS = { timeoutMs: 2_500, limit: 256 * 1024 };

/** OpenID Connect: the library behind our sessions, sign-ins, grants and pages. */
export function createOidcProtocol(deps: OidcProtocolDeps): OidcProtocol {
  const clients = new ClientDirectory(deps.registry);
  const grants = new GrantStore(deps);
  const consents = new Consents(deps);
  const pages = createLibraryPages({ ...deps, relyingParties: deps.registry });
  const hooks = createAnswerHooks({
    ...deps,
    formPost: pages.formPost,
    logout: createLogoutRequests(deps),
  });
  const relyingPartyOf = (ctx: KoaContextWithOIDC): RelyingParty => {
    const party = clients.byClientId(ctx.oidc.client?.clientId ?? '');
    if (party === null)
      throw new errors.InvalidClient('client is invalid', 'relying party is gone');
    return party;
  };
  const judge = createJudge({ ...deps, relyingPartyOf });
  const artefacts = (kind: string) => createArtefactStore(kind, deps);
  const deviceCodes = createDeviceCodeStore({ ...deps, grants });
  const adapter = adapterFactory({
    Client: clients.store,
    Session: createSessionView(deps),
    Interaction: interactionView,
    Grant: grants,
    AuthorizationCode: createCodeStore({
      namespace: 'oidc-code',
      artefacts: artefacts('code'),
      database: deps.database,
      grants,
      audit: deps.audit,
      clock: deps.clock,
    }),
    DeviceCode: deviceCodes,
    RefreshToken: createRefreshTokenStore({ ...deps, grants }),
    AccessToken: artefacts('access-token'),
    ClientCredentials: artefacts('client-credentials'),
    ReplayDetection: createReplayStore(deps),
    PushedAuthorizationRequest: createPushedRequestStore({
      ...deps,
      artefacts: artefacts('pushed-request'),
    }),
  });

  const send = createGuardedRequest({ ...deps.configuration, ...OUTGOING_BOUNDS });
  const libraryFetch = createLibraryFetch(send);

  const clientAddress = (request: Request) => deps.circumstances(request).clientAddress;
  const registration =
    deps.configuration.registration === 'off'
      ? null
      : createRegistration({
          ...deps,
          privateHosts: deps.configuration.privateHosts,
          clientAddress,
          refuseUnusable: (metadata) => {
            refuseUnusable(library, metadata);
          },
        });

  const build = (): Provider => {
    const provider = new Provider(
      deps.publicUrl.base,
      providerConfiguration({
        adapter,
        clients: clients.metadata(),
        keys: deps.keys.keys('default', 'oidc'),
        lifetimes: deps.configuration,
        ...(registration === null
          ? {}
          : { registrationEndpoint: `${deps.publicUrl.base}${REGISTRATION_PATH}` }),
        customClaims: configuredClaims(deps.registry.ofProtocol('oidc')),
        policy: createInteractionPolicy(judge),
        interactionUrl: createInteractionUrl({
          signIns: deps.signIns,
          consents,
          relyingPartyOf,
          path: (path) => deps.publicUrl.path(path),
        }),
        findAccount: (ctx, sub) => findAccount(deps, clients, ctx, sub),
        loadExistingGrant: createGrantLoader({ consents, judge, relyingPartyOf }),
        resourceOf: createResourceDirectory({
          own: deps.ownResources,
          everybodys: deps.configuration.resources,
          partyOf: ({ clientId }) => clients.byClientId(clientId),
        }),
        settingsOf: (client) => clients.settings(client),
        keepOfflineAccess: (ctx) => {
          keepOfflineAccess(ctx, relyingPartyOf(ctx));
        },
        deviceAnswers: createDeviceAnswers({ pages: deps.pages, error: pages.error }),
        logoutSource: hooks.answersLater,
        postLogoutSuccessSource: hooks.answersLater,
        fetch: libraryFetch,
        assertClientAssertion: (claims, header) => {
          assertClientAssertion(claims, header, deps.clock);
        },
        renderError: pages.error,
      }),
    );
    provider.proxy = true;
    provider.on('server_error', (_ctx, error) => {
      noteUnavailable(error);
      if (requestScope().unavailable === null) deps.onError(error);
    });
    for (const event of refusals) noteRefusals(provider, event);
    provider.use(hooks.middleware);
    return provider;
  };
  // Keys and clients are fixed when the library is constructed, so a change means another one.
  let library = build();
  let callback = library.callback();
  const rebuild = () => {
    library = build();
    callback = library.callback();
  };
  const stopKeys = deps.keys.onChange(rebuild);
  const stopRegistry = deps.registry.onChange(rebuild);

  const router = Router();
  router.use(allowedMethods);
  router.use(
    createParkedRequests({
      store: deps.store,
      random: deps.random,
      publicUrl: deps.publicUrl,
      paths: ['/authorize', '/logout'],
    }),
  );
  const pageDeps = { ...deps, relyingParties: deps.registry, clientAddress };
  router.use(createConsentPages({ ...pageDeps, consents }));
  router.use(createLogoutPages(pageDeps));
  router.use(createDevicePages({ ...pageDeps, clients, deviceCodes }));
  if (registration !== null) router.use(registration.router);
  router.use(async (request, response, next) => {
    if (!LIBRARY_PATH.test(request.path)) {
      next();
      return;
    }
    const scope = await enterRequest({ ...deps, consents, grants }, request, response);
    presentRequest(request, deps.publicUrl, scope.session !== null || scope.forDevice);
    await runInScope(scope, () => callback(request, response));
    if (scope.unavailable !== null) next(scope.unavailable);
  });
  return {
    router,
    ender: createGrantEnder({ ...deps, grants }),
    jobs: [createBackchannelLogout({ ...deps, issuer: deps.publicUrl.base, send })],
    prune: async (before) => {
      await grants.prune(before);
      await registration?.prune(before);
    },
    readClientToken: createClientTokenReader({
      ...deps,
      kept: artefacts('client-credentials'),
      people: artefacts('access-token'),
      clients,
    }),
    close: () => {
      stopKeys();
      stopRegistry();
      clients.close();
    },
  };
}

/** What the library tells when it has refused something, except for access tokens that are merely over. */
const refusals = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
] as const;

function noteRefusals(provider: NodeJS.EventEmitter, event: (typeof refusals)[number]): void {
  provider.on(event, (_ctx, error: errors.OIDCProviderError) => {
    requestScope().refused = error.error;
  });
}

async function findAccount(
  deps: Pick<OidcProtocolDeps, 'directory' | 'standingPermission'>,
  clients: ClientDirectory,
  ctx: KoaContextWithOIDC,
  sub: string,
) {
  const scope = requestScope();
  const id = readPrefixedId('per', sub);
  if (id === null) return undefined;
  const known = scope.person?.id === id ? scope.person : scope.people.get(id);
  const person = known ?? (await deps.directory.find(id));
  scope.people.set(id, person);
  if (person === null || person.disabled) return undefined;
  const party = clients.byClientId(ctx.oidc.client?.clientId ?? '');
  // With a session the whole policy is judged; without one this is all that can be said.
  const isBackChannel = scope.session === null && party !== null;
  if (isBackChannel && !deps.standingPermission(party, person)) return undefined;
  return { accountId: person.id, claims: () => claimsOf(person, party) };
}
