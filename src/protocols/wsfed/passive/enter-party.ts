import type { Request } from 'express';
import type { PublicUrl } from '../../../config/public-url.js';
import { newPrefixedId } from '../../../kernel/prefixed-id.js';
import type { Circumstances } from '../../../login/circumstances.js';
import type { SignIns } from '../../../login/sign-ins.js';
import { personOf } from '../../../sessions/session-person.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import type { Answers, Exchange } from '../issuing/answers.js';
import { issueTo, type IssueToDeps } from './issue-to.js';
import type { ServedFlow } from './served-flow.js';
import { ENTRY, signInRequestOf } from './sign-in-request-of.js';

export interface EnterDeps extends IssueToDeps {
  answers: Answers;
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  publicUrl: PublicUrl;
  signIns: SignIns;
}

/** Lets somebody in by the session they have, if it is enough; otherwise they are asked. */
export async function enterParty(
  deps: EnterDeps,
  exchange: Exchange,
  at: ServedFlow,
): Promise<void> {
  const { flow } = at;
  const { request, response, clientAddress } = exchange;
  const session = await deps.currentSession(request);
  const person = session === null ? null : await personOf(deps.directory, session);
  if (session !== null && person !== null) {
    const done = await issueTo(deps, at, { session, person, ended: null, clientAddress });
    if ('outcome' in done) {
      if (done.outcome === 'issued') deps.answers.post(exchange, at, done.wresult);
      if (done.outcome === 'failed') {
        const { reason, detail } = done;
        const relyingParty = flow.party;
        const refusal = { reason, detail, entry: ENTRY, relyingParty, person: person.id };
        await deps.answers.refuse(exchange, refusal);
      }
      return;
    }
  }
  const id = newPrefixedId('sgn', deps.random);
  const path = await deps.signIns.begin(signInRequestOf(flow, `/wsfed/arrive/${id}`), {
    id,
    browserSecret: deps.browserSecrets.readOrCreate(request, response),
    session: session?.session ?? null,
    circumstances: deps.circumstances(request),
  });
  response.setHeader('Cache-Control', 'no-store');
  response.redirect(303, deps.publicUrl.path(path));
}
