import express, { type Express } from 'express';
import type { Logger } from '../../audit/log-writer.js';
import type { RandomSource } from '../../kernel/random.js';
import type { OidcDemoService } from '../oidc-demo-services.js';
import type { DemoService } from '../demo-service.js';
import type { ServiceFetch } from './fetch-trusting.js';
import { mailboxRoutes } from './mailbox-routes.js';
import { serviceRoutes } from './service-routes.js';
import { samlServiceRoutes } from './saml/saml-service-routes.js';
import type { ServiceKey } from './saml/service-key.js';
import { siteUrlOf } from './site-url.js';
import { stylesheet } from './stylesheet.js';

/** The demo's other site: its services and the mailbox of its people. */
export function createDemoSite(deps: {
  issuer: string;
  /** How the services reach the issuer. */
  fetch: ServiceFetch;
  oidcServices: readonly OidcDemoService[];
  samlService: DemoService;
  /** What the SAML service signs with; made when it is first asked for. */
  samlKey: () => Promise<ServiceKey>;
  mailFolder: string;
  random: RandomSource;
  logger: Logger;
}): Express {
  const site = express();
  site.disable('x-powered-by');
  site.set('query parser', 'simple');
  // Pages of other sites must not read the mailbox by a name of theirs that leads here.
  site.use((request, response, next) => {
    if (request.headers.host === new URL(siteUrlOf(request)).host) next();
    else response.status(400).type('text').send('The demo is at 127.0.0.1 only.\n');
  });
  site.get('/demo.css', (_request, response) => {
    response.type('css').set('Cache-Control', 'no-cache').send(stylesheet);
  });
  const frame = { issuer: deps.issuer };
  for (const service of deps.oidcServices) {
    site.use(`/${service.id}`, serviceRoutes(service, frame, deps));
  }
  const { samlService, samlKey: key } = deps;
  site.use(`/${samlService.id}`, samlServiceRoutes(samlService, frame, { ...deps, key }));
  site.use('/mailbox', mailboxRoutes(deps.mailFolder, frame));
  site.get('/', (_request, response) => {
    response.redirect(303, `${deps.issuer}/`);
  });
  return site;
}
