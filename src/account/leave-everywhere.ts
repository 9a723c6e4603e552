import type { Request, Response } from 'express';
import type { Sealer } from '../keys/sealer.js';
import type { SignOut } from '../logout/sign-out.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { BrowserSecrets } from '../web/browser-secret.js';
import type { Cookies } from '../web/cookies.js';
import type { PageSender } from '../web/send-page.js';
import type { AccountSubmission } from './account-guard.js';
import { goOn } from './leave-account.js';
import { signedOutPath } from './signed-out-page.js';

export interface LeaveEverywhereDeps {
  browserSecrets: BrowserSecrets;
  cookies: Cookies;
  pages: PageSender;
  sealer: Sealer;
  sessions: Pick<SessionStore, 'ofPerson'>;
  signOut: SignOut;
}

/**
 * Ends all sessions of a person whose epoch has been raised already, so that nothing of before counts whatever becomes of
 * this; services are told, and this browser leads to those that only it can tell.
 */
export async function leaveEverywhere(
  deps: LeaveEverywhereDeps,
  request: Request,
  response: Response,
  { person, session, at: { clientAddress } }: AccountSubmission,
): Promise<void> {
  deps.cookies.clear(response, 'session');
  const sessions = await deps.sessions.ofPerson(person.id);
  const way = await deps.signOut({
    current: session,
    others: sessions.filter(({ id }) => id !== session.id),
    browserSecret: deps.browserSecrets.readOrCreate(request, response),
    clientAddress,
    after: { kind: 'page', path: signedOutPath(deps.sealer, true) },
  });
  goOn(deps.pages, request, response, way);
}
