import type { Request } from 'express';
import type { PublicUrl } from '../../../config/public-url.js';
import type { Directory } from '../../../directory/directory.js';
import type { Person } from '../../../directory/person.js';
import { newPrefixedId } from '../../../kernel/prefixed-id.js';
import type { Circumstances } from '../../../login/circumstances.js';
import type { EvaluatePolicy } from '../../../login/evaluate-policy.js';
import type { SignIns } from '../../../login/sign-ins.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import type { Answers, Exchange, ServedFlow } from '../issuing/answers.js';
import { failureOf } from '../issuing/flow-failure.js';
import { issueAssertion, type IssueDeps } from '../issuing/issue-assertion.js';
import { judgeSession } from './judge-session.js';
import { entryOf, signInRequestOf } from './sign-in-request-of.js';

export interface EnterDeps extends IssueDeps {
  answers: Answers;
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  directory: Directory;
  evaluatePolicy: EvaluatePolicy;
  publicUrl: PublicUrl;
  signIns: SignIns;
}

/** Lets somebody in by the session they have, if it is enough; otherwise they are asked, unless they must not be. */
export async function enterService(
  deps: EnterDeps,
  exchange: Exchange,
  served: ServedFlow,
): Promise<void> {
  const { flow, partner } = served;
  const { request, response, clientAddress } = exchange;
  const session = await deps.currentSession(request);
  const person = session === null ? null : await personOf(deps.directory, session);
  const judged =
    session === null || person === null
      ? null
      : judgeSession(deps.evaluatePolicy, {
          flow,
          party: partner.party,
          person,
          session: session.session,
          ended: null,
          clientAddress,
          now: deps.clock.now(),
        });
  if (session !== null && person !== null && judged?.verdict === 'sufficient') {
    const issued = await issueAssertion(deps, {
      ...served,
      person,
      session,
      judged,
      clientAddress,
    });
    const about = { entry: entryOf(flow), person: person.id };
    if (issued.ok) deps.answers.post(exchange, served, issued.xml);
    else await deps.answers.fail(exchange, served, issued.failure, about);
    return;
  }
  if (flow.passive) {
    if (person !== null && judged?.verdict === 'denied') {
      const failure = failureOf('policy_denied', judged.rule);
      const about = { entry: entryOf(flow), person: person.id };
      await deps.answers.fail(exchange, served, failure, about);
      return;
    }
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

/** Whom a session stands for, unless they are disabled or everything issued before has been voided since. */
export async function personOf(
  directory: Pick<Directory, 'find'>,
  { session }: StoredSession,
): Promise<Person | null> {
  const person = await directory.find(session.person);
  return person !== null && !person.disabled && person.epoch === session.epoch ? person : null;
}
