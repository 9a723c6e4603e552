import { Router, type Request, type Response } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { BrowserSecrets } from '../web/browser-secret.js';
import type { PageSender } from '../web/send-page.js';
import type { AfterLogout, LogoutAnswerer } from './after-logout.js';
import type { BrowserVisit } from './browser-visit.js';
import { goOn, type GoOnDeps, type TourStep } from './go-on.js';
import { formOf, sendBrowser } from './send-browser.js';
import { DONE_PATH, tourPath } from './sign-out.js';
import { resultOf, type TourRecord } from './tour.js';

export interface TourPagesDeps extends GoOnDeps {
  answerers: ReadonlyMap<string, LogoutAnswerer>;
  browserSecrets: BrowserSecrets;
  clientAddress: (request: Request) => string;
  pages: PageSender;
  publicUrl: PublicUrl;
  registry: Pick<RelyingPartyRegistry, 'byId'>;
}

/**
 * `/logout/services/<handle>` is the one address that always goes on, however often and from wherever a browser comes
 * to it: to the next service, or to what became of it all.
 */
export function createTourPages(deps: TourPagesDeps): Router {
  const { pages, publicUrl } = deps;
  const router = Router();

  router.get('/logout/services/:handle', async (request, response) => {
    const { handle } = request.params;
    const secret = deps.browserSecrets.read(request);
    const step = await goOn(deps, handle, secret, deps.clientAddress(request));
    if (step === null) response.redirect(303, publicUrl.path(DONE_PATH));
    else if (step.kind === 'visit') sendTo(deps, request, response, handle, step);
    else await sendOn(deps, request, response, step.tour);
  });

  router.get(DONE_PATH, (request, response) => {
    pages.send(request, response, 'logout/signed-out', {
      service: null,
      returnUrl: null,
      returnForm: null,
      signInUrl: publicUrl.path('/'),
      reached: [],
      unreached: [],
      everywhere: false,
    });
  });
  return router;
}

/** Who answered a moment ago gets the browser at once; from who did not, it must have a way back. */
function sendTo(
  deps: TourPagesDeps,
  request: Request,
  response: Response,
  handle: string,
  { stop, visit }: Extract<TourStep, { kind: 'visit' }>,
): void {
  const service = nameOf(deps, stop.key);
  if (visit.kind === 'redirect' && stop.answers === 'yes') {
    sendBrowser(deps.pages, request, response, visit, service);
    return;
  }
  deps.pages.send(
    request,
    response,
    'logout/visit',
    {
      service,
      url: visit.kind === 'redirect' ? visit.url : null,
      form: visit.kind === 'post' ? formOf(visit) : null,
      silent: stop.answers === 'unsure',
      onUrl: deps.publicUrl.path(tourPath(handle)),
    },
    { script: true, formAction: 'anywhere' },
  );
}

/** Straight on where everybody knows; else first a page that says who does not. */
async function sendOn(
  deps: TourPagesDeps,
  request: Request,
  response: Response,
  tour: TourRecord,
): Promise<void> {
  const { pages, publicUrl } = deps;
  const { after } = tour;
  const { reached, unreached } = resultOf(tour);
  const everybodyTold = unreached.length === 0;
  const away = await wayOut(deps, after, everybodyTold);
  const asker = after.kind === 'page' ? null : after.relyingParty;
  const service = asker === null ? null : nameOf(deps, asker);
  if (everybodyTold) {
    const ours = publicUrl.path(after.kind === 'page' ? after.path : DONE_PATH);
    sendBrowser(pages, request, response, away ?? { kind: 'redirect', url: ours }, service);
    return;
  }
  pages.send(
    request,
    response,
    'logout/signed-out',
    {
      service,
      returnUrl: away?.kind === 'redirect' ? away.url : null,
      returnForm: away?.kind === 'post' ? formOf(away) : null,
      signInUrl: publicUrl.path('/'),
      reached: reached.map((key) => nameOf(deps, key)),
      unreached: unreached.map((key) => nameOf(deps, key)),
      everywhere: tour.everywhere,
    },
    { formAction: 'anywhere' },
  );
}

/** Where the browser leaves us for; `null` when it stays. */
async function wayOut(
  { answerers }: TourPagesDeps,
  after: AfterLogout,
  everybodyTold: boolean,
): Promise<BrowserVisit | null> {
  switch (after.kind) {
    case 'page':
      return null;
    case 'url':
      return { kind: 'redirect', url: after.url };
    case 'answer':
      return (await answerers.get(after.protocol)?.(after.state, { everybodyTold })) ?? null;
  }
}

/** By the key of a participant, or the id of a relying party. */
function nameOf({ registry }: Pick<TourPagesDeps, 'registry'>, key: string): string {
  const id = key.slice(key.indexOf(':') + 1);
  return registry.byId(id)?.name ?? id;
}
