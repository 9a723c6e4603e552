import type { FailureReason } from '../../audit/failure-reasons.js';
import { readSignInId, type SignIns } from '../../login/sign-ins.js';
import { strayReason } from '../../login/stray-request.js';
import type { RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import type { BrowserSecrets } from '../../web/browser-secret.js';
import { answerToken, type AnswerTokenDeps } from './answer-token.js';
import type { Answers, Exchange, PostedError } from './answers.js';
import { partyAt } from './served-party.js';
import { flowOf } from './sign-in-request-of.js';

export interface ArriveDeps extends AnswerTokenDeps {
  answers: Answers;
  browserSecrets: BrowserSecrets;
  registry: RelyingPartyRegistry;
  signIns: SignIns;
}

const entry = 'external-mfa.arrive';

/** A sign-in has ended, well or badly, and its browser comes for what Entra is to be told. Once. */
export async function arrive(
  deps: ArriveDeps,
  exchange: Exchange,
  at: { party: string; signIn: string },
): Promise<void> {
  const { answers } = deps;
  const id = readSignInId(at.signIn);
  const secret = deps.browserSecrets.read(exchange.request);
  const ended = id === null ? null : await deps.signIns.collect(id, secret);
  const flow = ended === null ? null : flowOf(ended.request);
  if (ended === null || flow?.party !== at.party) {
    await answers.refuse(exchange, strayReason(secret === null, secret !== null), { entry });
    return;
  }
  const served = partyAt(deps.registry, flow.party);
  if (served?.party.enabled !== true || served.settings.client_id !== flow.clientId) {
    const facts = { entry, relyingParty: flow.party, detail: 'gone' };
    await answers.refuse(exchange, 'unknown_relying_party', facts);
    return;
  }
  const to = { ...flow.request, service: served.party.name };
  const { request, result } = ended;
  if (result.outcome === 'failed') {
    answers.postError(exchange, to, errorOf(result.reason), result);
    return;
  }
  const { clientAddress } = exchange;
  await answers.orUnavailable(exchange, to, async () => {
    const answer = await answerToken(deps, { served, flow, request, result, clientAddress });
    if (typeof answer === 'string') {
      answers.postToken(exchange, to, answer);
      return;
    }
    const about = { entry, relyingParty: flow.party, person: result.person.id };
    await answers.fail(exchange, to, 'access_denied', { ...about, ...answer });
  });
}

/** OAuth 2.0, 4.1.2.1: is trying again worth it as things are? */
function errorOf(reason: FailureReason): PostedError {
  return reason === 'service_unavailable' || reason === 'overloaded'
    ? 'temporarily_unavailable'
    : 'access_denied';
}
