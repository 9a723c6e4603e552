import { Router, urlencoded, type Request, type Response } from 'express';
import type { DemoService } from '../../demo-service.js';
import { signedOutPage, trouble } from '../service-pages.js';
import type { ShowPage } from '../service-trouble.js';
import { siteUrlOf } from '../site-url.js';
import type { Visits } from '../visits.js';
import { fieldsOf, type Inbound } from './inbound.js';
import type { SamlPerson } from './saml-person.js';
import type { ServiceProvider } from './service-provider.js';

/** Signing out of the SAML service: what it asks of Drawbridge, and what Drawbridge asks of it. */
export function samlLogoutRoutes(
  service: DemoService,
  show: ShowPage,
  deps: {
    visits: Visits<string, SamlPerson>;
    provider: (request: Request) => Promise<ServiceProvider>;
  },
): Router {
  const { visits, provider } = deps;
  const router = Router();
  const here = (request: Request, path: string) => `${siteUrlOf(request)}/${service.id}/${path}`;

  router.post('/sign-out', async (request, response) => {
    const person = visits.of(request)?.signedIn ?? null;
    visits.end(request, response);
    const url =
      person === null
        ? here(request, 'signed-out')
        : await (await provider(request)).signOutUrl(person);
    response.redirect(303, url);
  });

  const logout = async (request: Request, response: Response, inbound: Inbound) => {
    const fields = fieldsOf(inbound);
    if (fields['SAMLRequest'] === undefined && fields['SAMLResponse'] === undefined) {
      const why = 'Messages about signing out arrive here, and this was none.';
      show(response, 'Nothing to see', trouble(service, 'Nothing to see', why), 400);
      return;
    }
    const saml = await provider(request);
    const message = await saml.logoutMessage(inbound);
    if (message.kind === 'response') {
      response.redirect(303, here(request, 'signed-out'));
      return;
    }
    const { profile, sessionIndexes } = message;
    visits.endAll(
      (person) =>
        person.nameId === profile.nameID &&
        (sessionIndexes.length === 0 || sessionIndexes.includes(person.sessionIndex)),
    );
    response.redirect(303, await saml.signedOutUrl(profile, fields['RelayState'] ?? ''));
  };

  router.get('/slo', (request, response) => {
    const rawQuery = new URL(request.originalUrl, siteUrlOf(request)).search.slice(1);
    const query = Object.fromEntries(new URLSearchParams(rawQuery));
    return logout(request, response, { binding: 'redirect', query, rawQuery });
  });

  router.post('/slo', urlencoded({ extended: false, limit: '512kb' }), (request, response) =>
    logout(request, response, {
      binding: 'post',
      fields: request.body as Record<string, string>,
    }),
  );

  router.get('/signed-out', (_request, response) => {
    show(response, 'Signed out', signedOutPage(service));
  });
  return router;
}
