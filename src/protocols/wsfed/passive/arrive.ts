import {
  arrivalOf,
  isCompleted,
  strayOnArrival,
  useUp,
  whoArrived,
  type CompletedSignIn,
} from '../../../login/arrival.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { Exchange, Refusal } from '../issuing/answers.js';
import type { WsFedParties } from '../wsfed-parties.js';
import type { EnterDeps } from './enter-party.js';
import { issueTo, type Judged } from './issue-to.js';
import { servedFlow, type ServedFlow } from './served-flow.js';
import { ENTRY, flowOf } from './sign-in-request-of.js';

export interface ArriveDeps extends EnterDeps {
  parties: WsFedParties;
}

const entry = 'wsfed.arrive';

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
    const { reason, detail } = found;
    await deps.answers.refuse(exchange, { reason, detail, entry, relyingParty: flow.party });
    return;
  }
  if (isCompleted(ended)) {
    await deliver(deps, exchange, found.at, ended, session);
    return;
  }
  const { result } = ended;
  if (!(await useUp(deps, ended))) await stray(deps, exchange);
  else if (result.outcome === 'failed') deps.answers.tell(exchange, found.at.served, result);
}

/** Everything is judged anew: a sign-in may have been held back, and its session or its person be another by now. */
async function deliver(
  deps: ArriveDeps,
  exchange: Exchange,
  at: ServedFlow,
  ended: CompletedSignIn,
  session: StoredSession | null,
): Promise<void> {
  const { clientAddress } = exchange;
  const { result } = ended;
  const arrived = await whoArrived(deps, session, ended);
  const done =
    arrived === null
      ? ({ verdict: 'gone' } as const)
      : await issueTo(deps, at, { ...arrived, ended, clientAddress });
  if ('outcome' in done && done.outcome === 'issued') {
    deps.answers.post(exchange, at, done.wresult);
    return;
  }
  const usedUp = 'outcome' in done && done.outcome === 'used-up';
  if (usedUp || !(await useUp(deps, ended))) {
    await stray(deps, exchange);
    return;
  }
  const failure: Pick<Refusal, 'reason' | 'detail'> =
    'verdict' in done
      ? failureOfVerdict(done)
      : done.outcome === 'failed'
        ? { reason: done.reason, detail: done.detail }
        : { reason: 'session_ended', detail: 'changing' };
  const about = { entry: ENTRY, relyingParty: at.flow.party, person: result.person.id };
  await deps.answers.refuse(exchange, { ...failure, ...about });
}

function failureOfVerdict(judged: Judged): Pick<Refusal, 'reason' | 'detail'> {
  switch (judged.verdict) {
    case 'denied':
      return { reason: 'policy_denied', detail: judged.rule };
    case 'insufficient':
      return { reason: 'strength_unreachable', detail: 'at-issue' };
    case 'gone':
      return { reason: 'session_ended', detail: 'at-issue' };
  }
}

async function stray(deps: ArriveDeps, exchange: Exchange): Promise<void> {
  const reason = strayOnArrival(deps, exchange.request);
  await deps.answers.refuse(exchange, { reason, entry, retryUrl: deps.publicUrl.path('/') });
}
