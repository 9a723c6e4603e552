import { strayReason } from '../../../login/stray-request.js';
import { readSignInId } from '../../../login/sign-ins.js';
import type { SignInResult } from '../../../login/sign-in-result.js';
import type { Exchange, ServedFlow } from '../issuing/answers.js';
import { failureOf, type FlowFailure } from '../issuing/flow-failure.js';
import { issueAssertion, type Issued } from '../issuing/issue-assertion.js';
import type { PartnerDirectory } from '../partner.js';
import type { SamlEntities } from '../saml-entity.js';
import { personOf, type EnterDeps } from './enter-service.js';
import { judgeSession } from './judge-session.js';
import { servedFlow } from './served-flow.js';
import { entryOf, flowOf } from './sign-in-request-of.js';

export interface ArriveDeps extends EnterDeps {
  partners: PartnerDirectory;
  entities: SamlEntities;
}

type Completed = Extract<SignInResult, { outcome: 'completed' }>;

/** A sign-in has ended, well or badly, and its browser comes for what the service is to be told. Once. */
export async function arrive(deps: ArriveDeps, exchange: Exchange, signIn: string): Promise<void> {
  const entry = 'saml.arrive';
  const id = readSignInId(signIn);
  const secret = deps.browserSecrets.read(exchange.request);
  const ended = id === null ? null : await deps.signIns.collect(id, secret);
  const flow = ended === null ? null : flowOf(ended.request);
  if (ended === null || flow === null) {
    const reason = strayReason(false, secret !== null);
    await deps.answers.refuse(exchange, reason, { entry }, deps.publicUrl.path('/'));
    return;
  }
  const found = servedFlow(deps, flow);
  if (!found.ok) {
    const facts = { entry, detail: found.detail, relyingParty: flow.party };
    await deps.answers.refuse(exchange, found.reason, facts);
    return;
  }
  const { served } = found;
  const { result } = ended;
  if (result.outcome === 'failed') {
    await deps.answers.postStatus(exchange, served, failureOf(result.reason, ''), result);
    return;
  }
  const issued = await issueTo(deps, exchange, served, result);
  if (issued.ok) {
    deps.answers.post(exchange, served, issued.xml);
    return;
  }
  const about = { entry: entryOf(flow), person: result.person.id };
  await deps.answers.fail(exchange, served, issued.failure, about);
}

/** Everything is judged anew: a sign-in may have been held back, and its session or its person be another by now. */
async function issueTo(
  deps: ArriveDeps,
  { request, clientAddress }: Exchange,
  served: ServedFlow,
  result: Completed,
): Promise<Issued> {
  const session = await deps.currentSession(request);
  const person = session === null ? null : await personOf(deps.directory, session);
  if (session === null || person?.id !== result.person.id) return not('session_ended', 'other');
  const judged = judgeSession(deps.evaluatePolicy, {
    flow: served.flow,
    party: served.partner.party,
    person,
    session: session.session,
    ended: result.session === session.session.id ? result : null,
    clientAddress,
    now: deps.clock.now(),
  });
  if (judged.verdict === 'denied') return not('policy_denied', judged.rule);
  if (judged.verdict === 'insufficient') return not('strength_unreachable', 'at-issue');
  return issueAssertion(deps, { ...served, person, session, judged, clientAddress });
}

function not(reason: FlowFailure['reason'], detail: string): Issued {
  return { ok: false, failure: failureOf(reason, detail) };
}
