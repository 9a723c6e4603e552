import type { PublicUrl } from '../../config/public-url.js';
import { newPrefixedId } from '../../kernel/prefixed-id.js';
import type { RandomSource } from '../../kernel/random.js';
import type { Circumstances } from '../../login/circumstances.js';
import type { SignIns } from '../../login/sign-ins.js';
import type { BrowserSecrets } from '../../web/browser-secret.js';
import type { Answers, Destination, Exchange } from './answers.js';
import { providerPaths } from './discovery.js';
import type { SecondFactorFlow } from './parked-requests.js';
import type { ServedParty } from './served-party.js';
import { ANSWER_WITHIN_MS, signInRequestOf } from './sign-in-request-of.js';
import { whoseAccount } from './whose-account.js';

export interface BeginDeps {
  accounts: Parameters<typeof whoseAccount>[0]['accounts'];
  answers: Answers;
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  clock: { now(): number };
  directory: Parameters<typeof whoseAccount>[0]['directory'];
  publicUrl: PublicUrl;
  random: RandomSource;
  signIns: SignIns;
}

/** The browser is back with its cookies: asks for what is missing, or says at once that nobody of that name is here. */
export async function beginSecondFactor(
  deps: BeginDeps,
  exchange: Exchange,
  served: ServedParty,
  flow: SecondFactorFlow,
): Promise<void> {
  const to = { ...flow.request, service: served.party.name };
  await deps.answers.orUnavailable(exchange, to, () => begin(deps, exchange, served, flow, to));
}

async function begin(
  deps: BeginDeps,
  exchange: Exchange,
  { party, settings }: ServedParty,
  flow: SecondFactorFlow,
  to: Destination,
): Promise<void> {
  const entry = 'external-mfa.continue';
  const about = { entry, relyingParty: party.id };
  if (deps.clock.now() >= flow.receivedAt + ANSWER_WITHIN_MS) {
    const why = { reason: 'sign_in_expired', detail: 'too-late' } as const;
    await deps.answers.fail(exchange, to, 'access_denied', { ...about, ...why });
    return;
  }
  const whose = await whoseAccount(deps, flow.account, settings);
  if (whose.kind === 'nobody') {
    const { reason, person } = whose;
    const detail = `${flow.account.tenant} ${flow.account.objectId}`;
    await deps.answers.fail(exchange, to, 'access_denied', { ...about, reason, person, detail });
    return;
  }
  const id = newPrefixedId('sgn', deps.random);
  const known = whose.kind === 'known';
  // By a whole sign-in it is as everywhere; where Entra vouches for the password, each tenant has a say.
  const mayEnrol = !known || settings.enrolment === 'as-in-policy';
  const of = { person: whose.person, known, mayEnrol };
  const asked = signInRequestOf(flow, of, providerPaths(party.id).arrive(id));
  const { request, response } = exchange;
  const path = await deps.signIns.begin(asked, {
    id,
    browserSecret: deps.browserSecrets.readOrCreate(request, response),
    session: null,
    circumstances: deps.circumstances(request),
  });
  response.setHeader('Cache-Control', 'no-store');
  response.redirect(303, deps.publicUrl.path(path));
}
