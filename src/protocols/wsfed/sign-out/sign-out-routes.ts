import { Router, type Request } from 'express';
import { tourPath } from '../../../logout/sign-out.js';
import type { TourStore } from '../../../logout/tour-store.js';
import { only } from '../../../web/request-line.js';
import type { PageSender } from '../../../web/send-page.js';
import type { Answers, Exchange } from '../issuing/answers.js';
import { participantKey } from '../wsfed-participation.js';
import { endAsAsked, type EndDeps } from './end-as-asked.js';
import { isPageVisit } from './is-page-visit.js';
import type { AskedSignOut } from './receive-sign-out.js';

export interface SignOutDeps extends EndDeps {
  answers: Answers;
  clientAddress: (request: Request) => string;
  pages: PageSender;
  tours: Pick<TourStore, 'answer'>;
}

/** A page that says whether somebody is signed in here, and lets them sign out. It ends nothing by itself. */
export async function showCleanup(deps: SignOutDeps, { request, response }: Exchange) {
  const signedIn = (await deps.currentSession(request)) !== null;
  const accountUrl = signedIn ? deps.publicUrl.path('/account') : null;
  deps.pages.send(request, response, 'logout/clean-up', { accountUrl });
}

/** `wsignout1.0` in the browser that is to be signed out. */
export async function signOutHere(deps: SignOutDeps, exchange: Exchange, asked: AskedSignOut) {
  if (isPageVisit(exchange.request)) await endAsAsked(deps, exchange, asked);
  else await showCleanup(deps, exchange);
}

/** Services that have cleaned up send the browser back there. */
export function createCleanedRoute(deps: SignOutDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const path = '/wsfed/cleaned/:handle/:party/:message';
  router.all(path, only('GET'));
  router.get(path, async (request, response) => {
    const { handle, party, message } = request.params;
    const answer = { key: participantKey(party), messageId: message, done: true };
    if (await deps.tours.answer(handle, deps.browserSecrets.read(request), answer)) {
      response.setHeader('Cache-Control', 'no-store');
      response.redirect(303, deps.publicUrl.path(tourPath(handle)));
      return;
    }
    const exchange = { request, response, clientAddress: deps.clientAddress(request) };
    const entry = 'wsfed.cleaned';
    await deps.answers.refuse(exchange, { reason: 'request_invalid', entry, detail: 'unasked' });
  });
  return router;
}
