import { Router, urlencoded, type Request } from 'express';
import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import type { Logger } from '../../audit/log-writer.js';
import type { RandomSource } from '../../kernel/random.js';
import type { OidcDemoService } from '../oidc-demo-services.js';
import type { DemoFrame } from './demo-page.js';
import type { SentOff, SignedIn } from './oidc-visit.js';
import { ServiceClient } from './service-client.js';
import { pagesOf, serviceTrouble } from './service-trouble.js';
import type { ServiceFetch } from './fetch-trusting.js';
import { signedInPage, signedOutPage, startPage, trouble } from './service-pages.js';
import { siteUrlOf } from './site-url.js';
import { Visits } from './visits.js';

/** One demo service below `/<id>/`: sign in, see what came of it, renew, sign out. */
export function serviceRoutes(
  service: OidcDemoService,
  frame: DemoFrame,
  deps: { fetch: ServiceFetch; random: RandomSource; logger: Logger },
): Router {
  const visits = new Visits<SentOff, SignedIn>(service.id, deps.random);
  const client = new ServiceClient(frame.issuer, service, deps.fetch);
  const router = Router();
  const form = urlencoded({ extended: false, limit: '16kb' });
  const here = (request: Request, path: string) => `${siteUrlOf(request)}/${service.id}/${path}`;
  const show = pagesOf(service, frame);

  router.get('/', (request, response) => {
    const person = visits.of(request)?.signedIn ?? null;
    if (person === null) show(response, service.name, startPage(service));
    else show(response, 'Signed in', signedInPage(service, person));
  });

  router.get('/sign-in', async (request, response) => {
    const again = request.query['again'] === '1';
    const { url, sentOff } = await client.signIn(here(request, 'callback'), again);
    visits.sendOff(request, response, sentOff);
    response.redirect(303, url);
  });

  router.get('/callback', async (request, response) => {
    const visit = visits.of(request);
    const sentOff = visit?.sentOff.find(({ state }) => state === request.query['state']);
    if (visit === null || sentOff === undefined) {
      const why = 'This answer does not belong to a sign-in that began here.';
      show(response, 'Sign in once more', trouble(service, 'Sign in once more', why), 400);
      return;
    }
    const answer = new URL(request.originalUrl, siteUrlOf(request));
    try {
      const signedIn = await client.finish(answer, sentOff);
      visits.put(request, response, {
        sentOff: visit.sentOff.filter((one) => one !== sentOff),
        signedIn,
      });
      response.redirect(303, here(request, ''));
    } catch (error) {
      if (!(error instanceof AuthorizationResponseError)) throw error;
      const declined = error.error === 'access_denied';
      const title = declined ? 'You did not sign in' : 'The sign-in did not succeed';
      const why = declined ? 'You turned back on the way. Nothing was told to us.' : error.error;
      show(response, title, trouble(service, title, why));
    }
  });

  router.post('/renew', async (request, response) => {
    const before = visits.of(request)?.signedIn ?? null;
    const refreshToken = before?.refreshToken ?? null;
    if (before === null || refreshToken === null) {
      response.redirect(303, here(request, ''));
      return;
    }
    try {
      const signedIn = await client.renew({ ...before, refreshToken });
      visits.put(request, response, { sentOff: [], signedIn });
      response.redirect(303, here(request, ''));
    } catch (error) {
      if (!(error instanceof ResponseBodyError)) throw error;
      visits.end(request, response);
      const title = 'You are no longer signed in';
      const why =
        'Drawbridge does not vouch for you any more: you signed out, or somebody did it for you.';
      show(response, title, trouble(service, title, why));
    }
  });

  router.post('/sign-out', async (request, response) => {
    const person = visits.of(request)?.signedIn ?? null;
    visits.end(request, response);
    const returnTo = here(request, 'signed-out');
    response.redirect(
      303,
      person === null ? returnTo : await client.signOutUrl(person.idToken, returnTo),
    );
  });

  // Drawbridge itself comes here: the person signed out elsewhere.
  router.post('/backchannel-logout', form, async (request, response) => {
    const { logout_token: token = '' } = request.body as Record<string, string | undefined>;
    const ended = await client.endedSession(token);
    visits.endAll(({ claims }) => claims['sid'] === ended);
    response.set('Cache-Control', 'no-store').sendStatus(200);
  });

  router.get('/signed-out', (_request, response) => {
    show(response, 'Signed out', signedOutPage(service));
  });

  router.use(serviceTrouble(service, show, deps.logger));
  return router;
}
