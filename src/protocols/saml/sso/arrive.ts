import { strayReason } from '../../../login/stray-request.js';
import { readSignInId, type EndedSignIn } from '../../../login/sign-ins.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { Exchange, ServedFlow } from '../issuing/answers.js';
import { failureOf, type FlowFailure } from '../issuing/flow-failure.js';
import type { PartnerDirectory } from '../partner.js';
import type { SamlEntities } from '../saml-entity.js';
import type { EnterDeps } from './enter-service.js';
import { holds, issueTo, personOf, type Judged } from './issue-to.js';
import { servedFlow } from './served-flow.js';
import { entryOf, flowOf } from './sign-in-request-of.js';

export interface ArriveDeps extends EnterDeps {
  partners: PartnerDirectory;
  entities: SamlEntities;
}

type Completed = EndedSignIn & { result: { outcome: 'completed' } };

/** A sign-in has ended, well or badly, and its browser comes for what the service is to be told. Once. */
export async function arrive(deps: ArriveDeps, exchange: Exchange, signIn: string): Promise<void> {
  const id = readSignInId(signIn);
  const secret = deps.browserSecrets.read(exchange.request);
  // In one tick, so that both reads share a round trip where the store pipelines.
  const [ended, session] = await Promise.all([
    id === null ? null : deps.signIns.findEnded(id, secret),
    deps.currentSession(exchange.request),
  ]);
  const flow = ended === null ? null : flowOf(ended.request);
  if (ended === null || flow === null) {
    await stray(deps, exchange);
    return;
  }
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
  ended: Completed,
  session: StoredSession | null,
): Promise<void> {
  const { clientAddress } = exchange;
  const { result } = ended;
  const own = session?.session.person === result.person.id ? session : null;
  // As the sign-in saw them; that they still are so is looked at in the step that names them to the service.
  const seen = own !== null && holds(own, result.person) ? result.person : null;
  const person = seen ?? (own === null ? null : await personOf(deps.directory, own));
  const done =
    own === null || person === null
      ? ({ verdict: 'gone' } as const)
      : await issueTo(deps, served, { session: own, person, ended, clientAddress });
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
  await deps.answers.fail(exchange, served, failure, about);
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

function isCompleted(ended: EndedSignIn): ended is Completed {
  return ended.result.outcome === 'completed';
}

function useUp(deps: Pick<ArriveDeps, 'store'>, { use }: EndedSignIn): Promise<boolean> {
  return deps.store.commit(use.writes, use.guards);
}

async function stray(deps: ArriveDeps, exchange: Exchange): Promise<void> {
  const hasCookie = deps.browserSecrets.read(exchange.request) !== null;
  // Whether it is over or another browser's is not told apart: either way there is nothing to be had here.
  const reason = strayReason(!hasCookie, hasCookie);
  const home = deps.publicUrl.path('/');
  await deps.answers.refuse(exchange, reason, { entry: 'saml.arrive' }, home);
}
