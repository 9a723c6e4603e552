import { createHash } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import type { AuditLog } from '../../../audit/audit-log.js';
import { consentGiven, requestRefused } from '../../../audit/events/sign-in-events.js';
import type { PublicUrl } from '../../../config/public-url.js';
import type { Directory } from '../../../directory/directory.js';
import type { Person } from '../../../directory/person.js';
import { strayReason } from '../../../login/stray-request.js';
import type { RelyingPartyRegistry } from '../../../relying-parties/relying-party.js';
import { holds } from '../../../sessions/session-person.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import { assertCsrfToken, csrfToken, formPurpose } from '../../../web/csrf.js';
import { sendErrorPage } from '../../../web/error-page.js';
import { readForm } from '../../../web/forms.js';
import type { PageSender } from '../../../web/send-page.js';
import type { ConsentRequest, Consents } from './consents.js';

export interface ConsentPagesDeps {
  consents: Consents;
  directory: Directory;
  audit: AuditLog;
  relyingParties: RelyingPartyRegistry;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  clientAddress: (request: Request) => string;
  browserSecrets: BrowserSecrets;
  pages: PageSender;
  publicUrl: PublicUrl;
}

/** The page that asks whether a third party may learn what it asks for. */
export function createConsentPages(deps: ConsentPagesDeps): Router {
  const router = Router();
  router.get('/consent/:uid', async (request, response) => {
    const own = await findOwn(deps, request, response);
    if (own !== null) show(deps, request, response, own);
  });
  router.post('/consent/:uid', async (request, response) => {
    const fields = await readForm(request);
    const own = await findOwn(deps, request, response);
    if (own === null) return;
    const { asked } = own;
    const uid = String(request.params['uid']);
    const purpose = formPurpose(uid, 'consent');
    assertCsrfToken(deps.browserSecrets.read(request), purpose, fields['csrf']);
    const allowed = fields['consent'] === 'allow';
    const { person, relyingParty, scopes } = asked;
    const about = { person, relyingParty, clientAddress: deps.clientAddress(request) };
    if (allowed) {
      await deps.consents.remember(asked, consentGiven(about, scopes));
    } else {
      await deps.audit.record(
        requestRefused(about, 'consent_denied', { entry: 'consent', scopes }),
      );
    }
    await deps.consents.ask(uid, { ...asked, answer: { allowed } });
    response.redirect(303, deps.publicUrl.path(asked.continueAt));
  });
  return router;
}

export function browserHashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** The question, and whom it was put to: they must still be signed in, in the browser where it was put. */
interface OwnQuestion {
  asked: ConsentRequest;
  person: Person;
}

async function findOwn(
  deps: ConsentPagesDeps,
  request: Request,
  response: Response,
): Promise<OwnQuestion | null> {
  const asked = await deps.consents.find(String(request.params['uid']));
  const secret = deps.browserSecrets.read(request);
  const session = await deps.currentSession(request);
  const person = asked === null ? null : await deps.directory.find(asked.person);
  if (
    asked !== null &&
    secret !== null &&
    browserHashOf(secret) === asked.browserHash &&
    session !== null &&
    person !== null &&
    holds(session, person)
  ) {
    return { asked, person };
  }
  const reason = strayReason(asked !== null, secret !== null);
  const relyingParty = asked?.relyingParty ?? null;
  const about = { relyingParty, clientAddress: deps.clientAddress(request) };
  const reference = await deps.audit.record(requestRefused(about, reason, { entry: 'consent' }));
  const retryUrl = deps.publicUrl.path('/');
  sendErrorPage(deps.pages, request, response, { reason, reference, retryUrl });
  return null;
}

function show(
  deps: ConsentPagesDeps,
  request: Request,
  response: Response,
  { asked, person }: OwnQuestion,
): void {
  const uid = String(request.params['uid']);
  const params = asked.interaction['params'] as { redirect_uri?: string };
  deps.pages.send(
    request,
    response,
    'consent/consent',
    {
      action: deps.publicUrl.path(`/consent/${uid}`),
      csrf: csrfToken(deps.browserSecrets.read(request) ?? '', formPurpose(uid, 'consent')),
      step: 'consent',
      failure: null,
      service: deps.relyingParties.byId(asked.relyingParty)?.name ?? asked.relyingParty,
      serviceHost: params.redirect_uri === undefined ? '' : new URL(params.redirect_uri).host,
      account: person.username,
      scopes: asked.scopes,
    },
    { formAction: 'anywhere', popup: true },
  );
}
