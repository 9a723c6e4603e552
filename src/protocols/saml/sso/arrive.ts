import {
  arrivalOf,
  isCompleted,
  strayOnArrival,
  useUp,
  whoArrived,
  type CompletedSignIn,
} from '../../../login/arrival.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { Exchange, ServedFlow } from '../issuing/answers.js';
import { failureOf, type FlowFailure } from '../issuing/flow-failure.js';
import { spokenTo } from '../issuing/speaking-entity.js';
import type { PartnerDirectory } from '../partner.js';
import type { SamlEntities } from '../saml-entity.js';
import type { EnterDeps } from './enter-service.js';
import { issueTo, type Judged } from './issue-to.js';
import { servedFlow } from './served-flow.js';
import { entryOf, flowOf } from './sign-in-request-of.js';

export interface ArriveDeps extends EnterDeps {
  partners: PartnerDirectory;
  entities: SamlEntities;
}

/** A sign-in has ended, well or badly, and its browser comes for what the service is to be told. Once. */
export async function arrive(deps: ArriveDeps, exchange: Exchange, signIn: string): Promise<void> {
  const arrival = await arrivalOf(deps, exchange.request, signIn);
  const flow = arrival === null ? null : flowOf(arrival.ended.request);
  if (arrival === null || flow === null) {
    await stray(deps, exchange);
    return;
  }
  const { ended, session } = arrival;
  const found = servedFlow(deps, flow);
  if (!found.ok) {
    const facts = { entry: 'saml.arrive', detail: found.detail, relyingParty: flow.party };
    await deps.answers.refuse(exchange, found.reason, facts);
    return;
  }
  const { served } = found;
  if (isCompleted(ended)) {
    await deliver(deps, exchange, served, ended, session);
    return;
  }
  const { result } = ended;
  if (!(await useUp(deps, ended))) await stray(deps, exchange);
  else if (result.outcome === 'failed') {
    await deps.answers.postStatus(exchange, served, failureOf(result.reason, ''), result);
  }
}

/** Everything is judged anew: a sign-in may have been held back, and its session or its person be another by now. */
async function deliver(
  deps: ArriveDeps,
  exchange: Exchange,
  served: ServedFlow,
  ended: CompletedSignIn,
  session: StoredSession | null,
): Promise<void> {
  const { clientAddress } = exchange;
  const { result } = ended;
  const arrived = await whoArrived(deps, session, ended);
  const done =
    arrived === null
      ? ({ verdict: 'gone' } as const)
      : await issueTo(deps, served, { ...arrived, ended, clientAddress });
  if ('outcome' in done && done.outcome === 'issued') {
    deps.answers.post(exchange, served, done.xml);
    return;
  }
  const usedUp = 'outcome' in done && done.outcome === 'used-up';
  if (usedUp || !(await useUp(deps, ended))) {
    await stray(deps, exchange);
    return;
  }
  const failure =
    'verdict' in done
      ? failureOfVerdict(done)
      : done.outcome === 'failed'
        ? done.failure
        : failureOf('session_ended', 'changing');
  const about = { entry: entryOf(served.flow), person: result.person.id };
  const spoken = spokenTo(deps.entities, served, arrived?.person ?? result.person);
  await deps.answers.fail(exchange, spoken, failure, about);
}

function failureOfVerdict(judged: Judged): FlowFailure {
  switch (judged.verdict) {
    case 'denied':
      return failureOf('policy_denied', judged.rule);
    case 'insufficient':
      return failureOf('strength_unreachable', 'at-issue');
    case 'gone':
      return failureOf('session_ended', 'at-issue');
  }
}

async function stray(deps: ArriveDeps, exchange: Exchange): Promise<void> {
  const reason = strayOnArrival(deps, exchange.request);
  const home = deps.publicUrl.path('/');
  await deps.answers.refuse(exchange, reason, { entry: 'saml.arrive' }, home);
}
