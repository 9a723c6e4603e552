import { Router, type Request } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import type { Circumstances } from '../login/circumstances.js';
import type { EvaluatePolicy } from '../login/evaluate-policy.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { BrowserSecrets } from '../web/browser-secret.js';
import type { HomePage, ServiceCard } from '../web/page-models.js';
import type { PageSender } from '../web/send-page.js';
import { formModel } from './account-forms.js';
import { findPresence, type Presence, type PresenceDeps } from './presence.js';

export interface HomeDeps extends PresenceDeps {
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  evaluatePolicy: EvaluatePolicy;
  pages: PageSender;
  publicUrl: PublicUrl;
  registry: Pick<RelyingPartyRegistry, 'all'>;
  /** What the demo shows on the page; gives `null` outside of it. */
  demo: () => HomePage['demo'];
}

/** `/`: my services for whoever has a session, otherwise the way in. Always a page, never a redirect. */
export function createHome(deps: HomeDeps): Router {
  const { browserSecrets, publicUrl } = deps;
  const router = Router();
  router.get('/', async (request, response) => {
    const presence = await findPresence(deps, request);
    const model: HomePage = {
      person: presence && { name: presence.person.name },
      services: presence === null ? [] : servicesOf(deps, request, presence),
      signInUrl: publicUrl.path('/account'),
      accountUrl: publicUrl.path('/account'),
      signOut:
        presence &&
        formModel(
          { ...presence, browserSecret: browserSecrets.readOrCreate(request, response) },
          'account',
          publicUrl.path('/account/sign-out'),
        ),
      demo: deps.demo(),
    };
    deps.pages.send(request, response, 'home', model);
  });
  return router;
}

/** Those the person may enter from here; how strongly they must sign in is asked on entering. */
function servicesOf(deps: HomeDeps, request: Request, { person }: Presence): ServiceCard[] {
  const { clientAddress } = deps.circumstances(request);
  const plain = {
    asked: { factors: 1, maxAge: null, acrs: [] },
    allowedFactors: null,
  } as const;
  return deps.registry.all().flatMap((party) => {
    if (party.homeUrl === null) return [];
    const { allowed } = deps.evaluatePolicy(party, person, plain, clientAddress);
    return allowed ? [{ name: party.name, url: party.homeUrl, about: null }] : [];
  });
}
