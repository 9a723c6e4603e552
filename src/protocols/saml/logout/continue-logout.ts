import type { Request, Response } from 'express';
import type { PublicUrl } from '../../../config/public-url.js';
import type { AfterLogout } from '../../../logout/after-logout.js';
import { sendBrowser } from '../../../logout/send-browser.js';
import { DONE_PATH, tourPath, type SignOut } from '../../../logout/sign-out.js';
import type { TourStore } from '../../../logout/tour-store.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { Clock } from '../../../kernel/clock.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import type { Cookies } from '../../../web/cookies.js';
import type { PageSender } from '../../../web/send-page.js';
import type { PartnerDirectory } from '../partner.js';
import type { SamlEntities } from '../saml-entity.js';
import { participantKey, participationOf } from '../saml-participation.js';
import { toAnswerState, type AnswerLogout, type LogoutStatus } from './logout-answer.js';
import { responseEndpoint } from './logout-endpoint.js';
import type { TrustedMessage, TrustedRequest, TrustedResponse } from './logout-message.js';
import { logoutMismatch } from './match-participation.js';
import type { LogoutRefusals } from './refusals.js';

export interface ContinueDeps extends LogoutRefusals {
  answer: AnswerLogout;
  browserSecrets: BrowserSecrets;
  clientAddress: (request: Request) => string;
  clock: Clock;
  cookies: Cookies;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  database: SqlDatabase;
  entities: SamlEntities;
  pages: PageSender;
  partners: PartnerDirectory;
  publicUrl: PublicUrl;
  signOut: SignOut;
  tours: Pick<TourStore, 'answer' | 'exists' | 'resume'>;
}

const entry = 'saml.slo';

/** A message that may be believed meets the browser that brought it. */
export function continueLogout(
  deps: ContinueDeps,
  request: Request,
  response: Response,
  message: TrustedMessage,
): Promise<void> {
  response.setHeader('Cache-Control', 'no-store');
  return message.kind === 'request'
    ? endAsAsked(deps, request, response, message)
    : noteAnswer(deps, request, response, message);
}

async function endAsAsked(
  deps: ContinueDeps,
  request: Request,
  response: Response,
  message: TrustedRequest,
): Promise<void> {
  const { party } = message;
  const partner = deps.partners.byRelyingParty(party);
  const entity = deps.entities.byIssuer(message.issuer);
  if (partner === null || entity === null) {
    const facts = { entry, relyingParty: party, detail: 'gone-meanwhile' };
    await deps.refuse(request, response, 'unknown_relying_party', facts);
    return;
  }
  const answerNow = async (status: LogoutStatus) => {
    const visit = await deps.answer(message, status);
    const denied = status.status !== 'Success';
    const ours = { kind: 'redirect', url: deps.publicUrl.path(denied ? '/' : DONE_PATH) } as const;
    sendBrowser(deps.pages, request, response, visit ?? ours, partner.party.name);
  };
  const key = participantKey(party);
  const canAnswer = responseEndpoint(partner.metadata, message.binding) !== null;
  const after: AfterLogout = canAnswer
    ? { kind: 'answer', protocol: 'saml', relyingParty: party, state: toAnswerState(message) }
    : { kind: 'page', path: DONE_PATH };
  const current = await deps.currentSession(request);
  if (current === null) {
    const secret = deps.browserSecrets.read(request);
    const handle = await deps.tours.resume(secret, after, key);
    if (handle === null) await answerNow({ status: 'Success', subStatus: null });
    else response.redirect(303, deps.publicUrl.path(tourPath(handle)));
    return;
  }
  const { session } = current;
  const known = session.participants[key];
  const participation = known === undefined ? null : participationOf(known);
  const names = { ours: entity.entityId, theirs: partner.metadata.entityId };
  const toldHere = participation?.issuer === message.issuer ? participation : null;
  const mismatch = logoutMismatch(message, toldHere, names);
  if (mismatch !== null) {
    const facts = { entry, relyingParty: party, person: session.person, detail: mismatch };
    await deps.tellRefusal(request, 'request_invalid', facts);
    const subStatus = mismatch === 'other-name-id' ? 'UnknownPrincipal' : 'RequestDenied';
    await answerNow({ status: 'Requester', subStatus });
    return;
  }
  const { to } = await deps.signOut({
    current: session,
    browserSecret: deps.browserSecrets.readOrCreate(request, response),
    clientAddress: deps.clientAddress(request),
    asker: key,
    after,
  });
  deps.cookies.clear(response, 'session');
  response.redirect(303, to);
}

async function noteAnswer(
  deps: ContinueDeps,
  request: Request,
  response: Response,
  { party, inResponseTo, done, relayState }: TrustedResponse,
): Promise<void> {
  const secret = deps.browserSecrets.read(request);
  const answer = { key: participantKey(party), messageId: inResponseTo, done };
  if (await deps.tours.answer(relayState, secret, answer)) {
    response.redirect(303, deps.publicUrl.path(tourPath(relayState)));
    return;
  }
  const facts = { entry, relyingParty: party, detail: 'unsolicited' };
  await deps.refuse(request, response, 'request_invalid', facts);
}
