import { strayReason } from '../../../login/stray-request.js';
import { readSignInId, type EndedSignIn } from '../../../login/sign-ins.js';
import { holds, personOf } from '../../../sessions/session-person.js';
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

type Completed = EndedSignIn & { result: { outcome: 'completed' } };

const entry = 'wsfed.arrive';

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
      : await issueTo(deps, at, { session: own, person, ended, clientAddress });
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
  await deps.answers.refuse(exchange, { reason, entry, retryUrl: deps.publicUrl.path('/') });
}
