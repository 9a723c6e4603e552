import type { Request } from 'express';
import type { PublicUrl } from '../../../config/public-url.js';
import type { AuditLog } from '../../../audit/audit-log.js';
import { requestRefused } from '../../../audit/events/sign-in-events.js';
import { DONE_PATH, type SignOut } from '../../../logout/sign-out.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import type { Cookies } from '../../../web/cookies.js';
import type { Exchange } from '../issuing/answers.js';
import { participantKey } from '../wsfed-participation.js';
import type { AskedSignOut } from './receive-sign-out.js';

export interface EndDeps {
  audit: Pick<AuditLog, 'record'>;
  browserSecrets: BrowserSecrets;
  cookies: Cookies;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  publicUrl: PublicUrl;
  signOut: SignOut;
}

/** Ends the session of the browser that comes, everywhere, and sends it on. */
export async function endAsAsked(
  deps: EndDeps,
  { request, response, clientAddress }: Exchange,
  { party, reply, strayed }: AskedSignOut,
): Promise<void> {
  response.setHeader('Cache-Control', 'no-store');
  const current = await deps.currentSession(request);
  if (strayed) {
    const about = { person: current?.session.person, relyingParty: party, clientAddress };
    const facts = { entry: 'wsfed.sign-out', detail: 'wreply' };
    await deps.audit.record(requestRefused(about, 'redirect_not_registered', facts));
  }
  if (current === null) {
    response.redirect(303, reply ?? deps.publicUrl.path(DONE_PATH));
    return;
  }
  const { to } = await deps.signOut({
    current: current.session,
    browserSecret: deps.browserSecrets.readOrCreate(request, response),
    clientAddress,
    asker: party === null ? null : participantKey(party),
    after:
      reply === null
        ? { kind: 'page', path: DONE_PATH }
        : { kind: 'url', url: reply, relyingParty: party },
  });
  deps.cookies.clear(response, 'session');
  response.redirect(303, to);
}
