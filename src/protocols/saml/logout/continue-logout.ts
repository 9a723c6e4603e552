import type { Request, Response } from 'express';
import type { AuditLog } from '../../../audit/audit-log.js';
import { logoutWeaklyRequested } from '../../../audit/events/session-events.js';
import type { PublicUrl } from '../../../config/public-url.js';
import { defaultIssuerId } from '../../../issuers/issuers.js';
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
import type { PartnerDirectory, SamlPartner } from '../partner.js';
import type { SamlEntities } from '../saml-entity.js';
import { participantKey, participationOf, type SamlParticipation } from '../saml-participation.js';
import { toAnswerState, type AnswerLogout, type LogoutStatus } from './logout-answer.js';
import { responseEndpoint } from './logout-endpoint.js';
import type { TrustedMessage, TrustedRequest, TrustedResponse } from './logout-message.js';
import { logoutMismatch } from './match-participation.js';
import type { LogoutRefusals } from './refusals.js';

export interface ContinueDeps extends LogoutRefusals {
  answer: AnswerLogout;
  audit: Pick<AuditLog, 'record'>;
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
  received: TrustedRequest,
): Promise<void> {
  const { party } = received;
  const key = participantKey(party);
  const current = await deps.currentSession(request);
  const known = current?.session.participants[key];
  const participation = known === undefined ? null : participationOf(known);
  const partner = deps.partners.byRelyingParty(party);
  const issuer = speakingIssuer(received, partner, participation);
  const message = { ...received, issuer };
  const entity = deps.entities.byIssuer(issuer);
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
  const canAnswer = responseEndpoint(partner.metadata, message.binding) !== null;
  const after: AfterLogout = canAnswer
    ? { kind: 'answer', protocol: 'saml', relyingParty: party, state: toAnswerState(message) }
    : { kind: 'page', path: DONE_PATH };
  if (current === null) {
    const secret = deps.browserSecrets.read(request);
    const handle = await deps.tours.resume(secret, after, key);
    if (handle === null) await answerNow({ status: 'Success', subStatus: null });
    else response.redirect(303, deps.publicUrl.path(tourPath(handle)));
    return;
  }
  const { session } = current;
  const clientAddress = deps.clientAddress(request);
  const names = {
    ours: entity.entityId,
    theirs: partner.metadata.entityId,
    formatMayMiss: partner.settings.profile !== undefined,
  };
  const toldHere = participation?.issuer === issuer ? participation : null;
  const mismatch = logoutMismatch(message, toldHere, names);
  if (mismatch !== null) {
    const facts = { entry, relyingParty: party, person: session.person, detail: mismatch };
    await deps.tellRefusal(request, 'request_invalid', facts);
    const subStatus = mismatch === 'other-name-id' ? 'UnknownPrincipal' : 'RequestDenied';
    await answerNow({ status: 'Requester', subStatus });
    return;
  }
  if (message.proof === 'none' || message.proof === 'sha1-signature') {
    const about = { person: session.person, relyingParty: party, clientAddress };
    const facts = { session: session.id, proof: message.proof };
    await deps.audit.record(logoutWeaklyRequested(about, facts));
  }
  const { to } = await deps.signOut({
    current: session,
    browserSecret: deps.browserSecrets.readOrCreate(request, response),
    clientAddress,
    asker: key,
    after,
  });
  deps.cookies.clear(response, 'session');
  response.redirect(303, to);
}

/** At the common address the issuer that asserted the person speaks, where domains decide which one that is. */
function speakingIssuer(
  { issuer }: TrustedRequest,
  partner: SamlPartner | null,
  participation: SamlParticipation | null,
): string {
  const isCommon = partner?.settings.issuer_by_domain === true && issuer === defaultIssuerId;
  return isCommon ? (participation?.issuer ?? issuer) : issuer;
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
