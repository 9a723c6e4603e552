import type { Agent } from 'node:https';
import express, { type Express } from 'express';
import { observeJobs } from '../audit/observe-jobs.js';
import { createAppAssets } from '../authenticator/app-assets.js';
import type { Configuration } from '../config/configuration.js';
import type { Factor } from '../factors/factor.js';
import { helpDeskResource } from '../help-desk/help-desk-resource.js';
import { createJobRunner } from '../jobs/job-runner.js';
import type { PollLoop } from '../jobs/poll-loop.js';
import { pruneActivations } from '../devices/prune-activations.js';
import { pruneEndedCredentials } from '../devices/void-what-it-opened.js';
import { createMailJob } from '../mail/mail-job.js';
import { createMailTransport } from '../mail/create-mail-transport.js';
import { createBrowserDispatcher } from '../login/browser-dispatcher.js';
import { createExternalMfaProtocol } from '../protocols/external-mfa/external-mfa-protocol.js';
import type { MicrosoftClouds } from '../protocols/external-mfa/microsoft-clouds.js';
import { createOidcProtocol } from '../protocols/oidc/oidc-protocol.js';
import { createSamlEntities } from '../protocols/saml/entities/create-saml-entities.js';
import { createPartnerDirectory } from '../protocols/saml/partners/partner-directory.js';
import { createSamlProtocol } from '../protocols/saml/saml-protocol.js';
import { createWsFedProtocol } from '../protocols/wsfed/wsfed-protocol.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import { createEndVoidSessions } from '../sessions/end-void-sessions.js';
import { pruneEndedSessions } from '../sessions/ended-sessions.js';
import { createDependencyWatch } from './dependency-watch.js';
import { createAuthenticator } from './authenticator.js';
import { createEdge, type Edge } from './edge.js';
import { errorBoundary, notFound } from './error-boundary.js';
import { layFoundations, type FoundationChoices, type Foundations } from './foundations.js';
import { createHealth } from './health.js';
import { createHelpDesk } from './help-desk.js';
import { hostGuard } from './host-guard.js';
import { keepPartnerMetadata } from './partner-metadata.js';
import { createHousekeeping } from './housekeeping.js';
import { httpMetrics } from './http-metrics.js';
import { createMetricsEndpoint } from './metrics-endpoint.js';
import { phoneAppFolder } from './package-folder.js';
import { createSelfService, withOwnPages, type DemoHome } from './self-service.js';
import { createSignInParts, type SignInParts } from './sign-in.js';

export interface DrawbridgeChoices extends Omit<FoundationChoices, 'onQueued'> {
  /** Relying parties in force: from files, or made by the demo or the program that embeds this. */
  relyingParties: (base: Foundations) => Promise<RelyingPartySource>;
  factors?: readonly Factor[];
  /** Further protocols, mounted before the end of the chain. */
  protocols?: readonly ProtocolFactory[];
  demo?: () => DemoHome;
  /** How push services are reached, where it is not the system's way. */
  pushAgent?: Agent;
  /** Another place than Microsoft's for what its clouds publish; for tests. */
  microsoftClouds?: MicrosoftClouds;
}

export interface RelyingPartySource extends RelyingPartyRegistry {
  close?: () => void;
  /** Reads those that were registered, where this source has such. */
  refresh?: () => Promise<void>;
}

/** A protocol from outside the product: mounts its own routes and says what a session's end means for it. */
export type ProtocolFactory = (
  parts: SignInParts & Edge & { base: Foundations; registry: RelyingPartyRegistry },
) => {
  name: string;
  router: express.Router;
};

/** A running Drawbridge without a listener: mount `app`, and close it when done. */
export interface Drawbridge {
  app: Express;
  base: Foundations;
  parts: SignInParts;
  /** Tells load balancers by `/health/ready` to send nobody here any more. */
  announceClosing(): void;
  close(): Promise<void>;
}

/** The composition: the one place that knows all parts. */
export async function createDrawbridge(
  configuration: Configuration,
  choices: DrawbridgeChoices,
): Promise<Drawbridge> {
  let runner: PollLoop | null = null;
  const base = await layFoundations(configuration, {
    ...choices,
    onQueued: () => runner?.wake(),
  });
  const edge = createEdge(configuration, base.random);
  const files = await choices.relyingParties(base);
  const registry = withOwnPages(files);
  const { factors, pushAgent } = choices;
  const parts = await createSignInParts(configuration, base, edge, registry, factors, pushAgent);
  const { publicUrl } = configuration;
  const shared = { ...base, ...edge, ...parts, publicUrl, registry };

  const oidc = createOidcProtocol({
    ...shared,
    configuration: configuration.oidc,
    ownResources: [helpDeskResource(publicUrl)],
    refreshRegistered: async () => {
      try {
        await files.refresh?.();
      } catch (error) {
        // What was registered is registered: the change feed brings it here, too.
        base.logger.error('relying_parties.failed', {}, error);
      }
    },
    onError: (error) => {
      base.logger.error('oidc.failed', {}, error);
    },
  });
  parts.enders.set('oidc', oidc.ender);

  const samlFailed = (error: unknown) => {
    base.logger.error('saml.failed', {}, error);
  };
  const partners = createPartnerDirectory({ ...shared, onError: samlFailed });
  await partners.ready();
  const saml = createSamlProtocol({
    ...shared,
    entities: createSamlEntities(shared),
    partners,
    // A first try should start at once, and may well never get as far as the service that speaks SAML.
    loadAhead: configuration.mode !== 'demo',
    onError: samlFailed,
  });
  parts.enders.set('saml', saml.logout.ender);
  parts.visitors.set('saml', saml.logout.visitor);
  parts.answerers.set('saml', saml.logout.answerer);

  const wsfed = createWsFedProtocol({ ...shared, organisation: configuration.organisation.name });
  parts.enders.set('wsfed', wsfed.ender);
  parts.visitors.set('wsfed', wsfed.visitor);

  const dependencies = createDependencyWatch(base);
  const externalMfa = createExternalMfaProtocol({
    ...shared,
    noticed: dependencies.noticed,
    privateHosts: configuration.oidc.privateHosts,
    onError: (error) => {
      base.logger.error('external_mfa.failed', {}, error);
    },
    ...(choices.microsoftClouds === undefined ? {} : { clouds: choices.microsoftClouds }),
  });

  const observer = observeJobs(base);
  const metadata = keepPartnerMetadata(base, {
    registry,
    directory: partners,
    observer,
    privateHosts: configuration.oidc.privateHosts,
  });
  runner = createJobRunner({
    ...base,
    observer,
    bodies: [
      parts.resetJob,
      createEndVoidSessions({ ...parts, endSession: (session) => parts.endSession(session, '') }),
      ...oidc.jobs,
      createMailJob({
        transport: createMailTransport(configuration.mail, base),
        composeMail: (template, locale, values) => edge.mails.compose(template, locale, values),
        from: configuration.mail.kind === 'smtp' ? configuration.mail.from : 'drawbridge@localhost',
        defaultLocale: configuration.languages.default,
      }),
    ],
  });
  runner.start();
  const housekeeping = createHousekeeping(base, observer, {
    grants: oidc.prune,
    links: () => parts.links.prune(),
    activations: () => pruneActivations({ ...base, revocation: parts.phones.revocation }),
    endedCredentials: () => pruneEndedCredentials({ ...base, ...base.database }),
    endedSessions: () => pruneEndedSessions({ ...base, ...base.database }),
  });
  const authenticator = createAuthenticator(configuration, base, parts, dependencies);
  const helpDesk = createHelpDesk(configuration, base, parts, oidc, dependencies);

  let closing = false;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('etag', false);
  const mount = express.Router({ caseSensitive: true, strict: true });
  app.use(httpMetrics(base.metrics));
  app.use(createHealth({ ...base, isClosing: () => closing }));
  app.use(createMetricsEndpoint(base.metrics, configuration.metrics, parts.clientAddress));
  app.use(hostGuard(publicUrl));
  app.use(publicUrl.mountPath === '' ? '/' : publicUrl.mountPath, mount);
  const phoneApp = createAppAssets({
    folder: phoneAppFolder(),
    publicUrl,
    organisation: configuration.organisation.name,
  });
  mount.use((request, response, next) => {
    const { path } = request;
    const isStatic =
      edge.assets.serve(request, response, path) || phoneApp.serve(request, response, path);
    if (!isStatic) next();
  });
  mount.use(oidc.router);
  mount.use(parts.tourPages);
  mount.use(saml.router);
  mount.use(wsfed.router);
  mount.use(externalMfa.router);
  mount.use(
    createBrowserDispatcher({
      ...shared,
      store: parts.signInStore,
      relyingParties: registry,
      endSession: (session) => parts.endSession(session, ''),
      minPasswordLength: configuration.passwords.minLength,
      noticed: dependencies.noticed,
    }),
  );
  mount.use(authenticator.router);
  mount.use(helpDesk);
  mount.use(createSelfService(configuration, shared, choices.demo ?? (() => null)));
  for (const factory of choices.protocols ?? []) {
    mount.use(factory({ ...parts, ...edge, base, registry }).router);
  }
  const boundary = { ...base, ...edge, dependencies, clientAddress: parts.clientAddress };
  app.use(notFound(boundary));
  app.use(errorBoundary(boundary));

  return {
    app,
    base,
    parts,
    announceClosing: () => {
      closing = true;
      authenticator.close();
    },
    close: async () => {
      closing = true;
      files.close?.();
      oidc.close();
      saml.close();
      wsfed.close();
      externalMfa.close();
      partners.close();
      authenticator.close();
      dependencies.stop();
      await metadata.stop();
      await housekeeping.stop();
      await runner?.stop();
      for (const close of base.closers) await close();
    },
  };
}
