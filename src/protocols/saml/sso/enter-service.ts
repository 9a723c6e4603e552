import type { Request } from 'express';
import type { PublicUrl } from '../../../config/public-url.js';
import type { Person } from '../../../directory/person.js';
import { newPrefixedId } from '../../../kernel/prefixed-id.js';
import type { Circumstances } from '../../../login/circumstances.js';
import { meansSomebodyElse } from '../../../login/means-somebody-else.js';
import type { SignIns } from '../../../login/sign-ins.js';
import { personOf } from '../../../sessions/session-person.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import type { Answers, Exchange, ServedFlow } from '../issuing/answers.js';
import { failureOf, type FlowFailure } from '../issuing/flow-failure.js';
import { speakingEntity, spokenTo } from '../issuing/speaking-entity.js';
import { issueTo, type IssueToDeps } from './issue-to.js';
import { entryOf, signInRequestOf } from './sign-in-request-of.js';

export interface EnterDeps extends IssueToDeps {
  answers: Answers;
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  publicUrl: PublicUrl;
  signIns: SignIns;
}

/**
 * Lets somebody in by the session they have, if it is enough and they are meant; otherwise they are asked, unless they must
 * not be.
 */
export async function enterService(
  deps: EnterDeps,
  exchange: Exchange,
  served: ServedFlow,
): Promise<void> {
  const { flow } = served;
  const { request, response, clientAddress } = exchange;
  const session = await deps.currentSession(request);
  const person = session === null ? null : await personOf(deps.directory, session);
  let isAnother = person !== null && (await isAnotherMeant(deps, served, person));
  if (session !== null && person !== null && !isAnother) {
    const entrant = { session, person, ended: null, clientAddress };
    const done = await issueTo(deps, served, entrant);
    const about = { entry: entryOf(flow), person: person.id };
    const spoken = spokenTo(deps.entities, served, person);
    if ('outcome' in done && done.outcome === 'issued') {
      deps.answers.post(exchange, served, done.xml);
      return;
    }
    isAnother =
      'outcome' in done && done.outcome === 'failed' && namesAnother(served, done.failure);
    if ('outcome' in done && done.outcome === 'failed' && !isAnother) {
      await deps.answers.fail(exchange, spoken, done.failure, about);
      return;
    }
    if (flow.passive && 'verdict' in done && done.verdict === 'denied') {
      const failure = failureOf('policy_denied', done.rule);
      await deps.answers.fail(exchange, spoken, failure, about);
      return;
    }
  }
  if (flow.passive) {
    const status = { status: 'Responder', subStatus: 'NoPassive' } as const;
    await deps.answers.postStatus(exchange, served, status, null);
    return;
  }
  const id = newPrefixedId('sgn', deps.random);
  const asked = signInRequestOf(flow, `/saml/arrive/${id}`);
  // What comes out of a sign-in is answered, whoever it was, so that nobody goes round in circles.
  const path = await deps.signIns.begin(isAnother ? { ...asked, force: true } : asked, {
    id,
    browserSecret: deps.browserSecrets.readOrCreate(request, response),
    session: session?.session ?? null,
    circumstances: deps.circumstances(request),
  });
  response.setHeader('Cache-Control', 'no-store');
  response.redirect(303, deps.publicUrl.path(path));
}

/**
 * Whoever has the session is not whom the service wants, or nobody whom it could be told of. Somebody who comes from our own
 * side means themselves.
 */
async function isAnotherMeant(
  { directory, entities }: Pick<EnterDeps, 'directory' | 'entities'>,
  served: ServedFlow,
  person: Person,
): Promise<boolean> {
  const { flow, partner } = served;
  if (flow.inResponseTo === null) return false;
  const byUpn = partner.settings.issuer_by_domain;
  const isForeign = byUpn && 'impossible' in speakingEntity(entities, served, person);
  return isForeign || meansSomebodyElse(directory, flow.loginHint ?? null, person, { byUpn });
}

/** Entra shows people nothing of a status, so that they would have no way to whom its Subject means. */
function namesAnother({ flow, partner }: ServedFlow, { reason }: FlowFailure): boolean {
  return reason === 'subject_mismatch' && partner.settings.profile !== undefined && !flow.passive;
}
