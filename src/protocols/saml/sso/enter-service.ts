import type { Request } from 'express';
import type { PublicUrl } from '../../../config/public-url.js';
import { newPrefixedId } from '../../../kernel/prefixed-id.js';
import type { Circumstances } from '../../../login/circumstances.js';
import type { SignIns } from '../../../login/sign-ins.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import type { Answers, Exchange, ServedFlow } from '../issuing/answers.js';
import { failureOf } from '../issuing/flow-failure.js';
import { issueTo, personOf, type IssueToDeps } from './issue-to.js';
import { entryOf, signInRequestOf } from './sign-in-request-of.js';

export interface EnterDeps extends IssueToDeps {
  answers: Answers;
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  publicUrl: PublicUrl;
  signIns: SignIns;
}

/** Lets somebody in by the session they have, if it is enough; otherwise they are asked, unless they must not be. */
export async function enterService(
  deps: EnterDeps,
  exchange: Exchange,
  served: ServedFlow,
): Promise<void> {
  const { flow } = served;
  const { request, response, clientAddress } = exchange;
  const session = await deps.currentSession(request);
  const person = session === null ? null : await personOf(deps.directory, session);
  if (session !== null && person !== null) {
    const entrant = { session, person, ended: null, clientAddress };
    const done = await issueTo(deps, served, entrant);
    const about = { entry: entryOf(flow), person: person.id };
    if ('outcome' in done) {
      if (done.outcome === 'issued') deps.answers.post(exchange, served, done.xml);
      if (done.outcome === 'failed') await deps.answers.fail(exchange, served, done.failure, about);
      return;
    }
    if (flow.passive && done.verdict === 'denied') {
      const failure = failureOf('policy_denied', done.rule);
      await deps.answers.fail(exchange, served, failure, about);
      return;
    }
  }
  if (flow.passive) {
    const status = { status: 'Responder', subStatus: 'NoPassive' } as const;
    await deps.answers.postStatus(exchange, served, status, null);
    return;
  }
  const id = newPrefixedId('sgn', deps.random);
  const path = await deps.signIns.begin(signInRequestOf(flow, `/saml/arrive/${id}`), {
    id,
    browserSecret: deps.browserSecrets.readOrCreate(request, response),
    session: session?.session ?? null,
    circumstances: deps.circumstances(request),
  });
  response.setHeader('Cache-Control', 'no-store');
  response.redirect(303, deps.publicUrl.path(path));
}
