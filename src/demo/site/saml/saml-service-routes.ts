import { Router, urlencoded, type Request } from 'express';
import type { Logger } from '../../../audit/log-writer.js';
import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { DemoService } from '../../demo-service.js';
import { samlAddresses } from '../../saml-demo-service.js';
import type { DemoFrame } from '../demo-page.js';
import { startPage, trouble } from '../service-pages.js';
import { pagesOf, serviceTrouble } from '../service-trouble.js';
import { siteUrlOf } from '../site-url.js';
import { Visits } from '../visits.js';
import { ParkedAnswers } from './parked-answers.js';
import { samlLogoutRoutes } from './saml-logout-routes.js';
import type { SamlPerson } from './saml-person.js';
import { samlSignedInPage } from './saml-service-pages.js';
import type { ServiceKey } from './service-key.js';
import { serviceMetadata } from './service-metadata.js';
import type { ServiceFetch } from '../fetch-trusting.js';
import { createServiceProvider, type ServiceProvider } from './service-provider.js';

/** The demo service that speaks SAML, below `/<id>/`: sign in, see what came of it, sign out here and everywhere. */
export function samlServiceRoutes(
  service: DemoService,
  frame: DemoFrame,
  deps: {
    fetch: ServiceFetch;
    random: RandomSource;
    logger: Logger;
    key: () => Promise<ServiceKey>;
  },
): Router {
  /** What is sent off is known by its RelayState, which nobody else can guess. */
  const visits = new Visits<string, SamlPerson>(service.id, deps.random);
  const parked = new ParkedAnswers(deps.random);
  const show = pagesOf(service, frame);
  const router = Router();
  const here = (request: Request, path: string) => `${siteUrlOf(request)}/${service.id}/${path}`;

  let connecting: Promise<ServiceProvider> | null = null;
  const provider = (request: Request): Promise<ServiceProvider> => {
    connecting ??= deps
      .key()
      .then((key) =>
        createServiceProvider(frame.issuer, siteUrlOf(request), service, key, deps.fetch),
      )
      .catch((error: unknown) => {
        connecting = null;
        throw error;
      });
    return connecting;
  };

  router.get('/', (request, response) => {
    const person = visits.of(request)?.signedIn ?? null;
    if (person === null) show(response, service.name, startPage(service));
    else show(response, 'Signed in', samlSignedInPage(service, person));
  });

  router.get('/metadata', async (request, response) => {
    const { certificate } = await deps.key();
    const text = serviceMetadata(samlAddresses(siteUrlOf(request), service), certificate);
    response.type('application/samlmetadata+xml').send(text);
  });

  router.get('/sign-in', async (request, response) => {
    const relayState = randomToken(deps.random, 128);
    const again = request.query['again'] === '1';
    const url = await (await provider(request)).signInUrl(relayState, again);
    visits.sendOff(request, response, relayState);
    response.redirect(303, url);
  });

  const form = urlencoded({ extended: false, limit: '512kb' });

  router.post('/acs', form, async (request, response) => {
    const fields = request.body as Record<string, string>;
    const answer = await (await provider(request)).answer(fields);
    const ticket = parked.put({ answer, relayState: fields['RelayState'] ?? '' });
    response.redirect(303, here(request, `arrive?ticket=${ticket}`));
  });

  router.get('/arrive', (request, response) => {
    const ticket =
      new URL(request.originalUrl, siteUrlOf(request)).searchParams.get('ticket') ?? '';
    const found = parked.take(ticket);
    const visit = visits.of(request);
    if (found === null || !visit?.sentOff.includes(found.relayState)) {
      const why = 'This answer does not belong to a sign-in that began here.';
      show(response, 'Sign in once more', trouble(service, 'Sign in once more', why), 400);
      return;
    }
    const { answer, relayState } = found;
    const sentOff = visit.sentOff.filter((one) => one !== relayState);
    const signedIn = answer.signedIn ? answer.person : visit.signedIn;
    visits.put(request, response, { sentOff, signedIn });
    if (answer.signedIn) {
      response.redirect(303, here(request, ''));
      return;
    }
    const title = 'You did not sign in';
    show(response, title, trouble(service, title, answer.status));
  });

  router.use(samlLogoutRoutes(service, show, { visits, provider }));
  router.use(serviceTrouble(service, show, deps.logger));
  return router;
}
