import { secondFactorAsserted } from '../../audit/events/external-mfa-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { FailureReason } from '../../audit/failure-reasons.js';
import type { PublicUrl } from '../../config/public-url.js';
import type { Directory } from '../../directory/directory.js';
import { unchangedPerson } from '../../directory/kept-name-id.js';
import type { Person } from '../../directory/person.js';
import type { Clock } from '../../kernel/clock.js';
import type { EvaluatePolicy } from '../../login/evaluate-policy.js';
import type { SignInRequest } from '../../login/sign-in-request.js';
import type { SignInResult } from '../../login/sign-in-result.js';
import { readSignInId, type SignIns } from '../../login/sign-ins.js';
import { strayReason } from '../../login/stray-request.js';
import type { RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import { holds } from '../../sessions/session-person.js';
import { strengthOf } from '../../sessions/strength.js';
import type { BrowserSecrets } from '../../web/browser-secret.js';
import type { Answers, Exchange, PostedError } from './answers.js';
import { SECOND_FACTOR_ACR } from './claims-request.js';
import { issuerOf } from './discovery.js';
import type { ExternalAccounts } from './external-accounts.js';
import { provedMethod, signIdToken } from './id-token.js';
import type { SecondFactorFlow } from './parked-requests.js';
import type { ProviderKey } from './provider-keys.js';
import { partyAt, type ServedParty } from './served-party.js';
import { flowOf } from './sign-in-request-of.js';
import { whoseAccount } from './whose-account.js';

export interface ArriveDeps {
  accounts: ExternalAccounts;
  answers: Answers;
  audit: AuditLog;
  browserSecrets: BrowserSecrets;
  clock: Clock;
  directory: Directory;
  evaluatePolicy: EvaluatePolicy;
  publicUrl: PublicUrl;
  registry: RelyingPartyRegistry;
  signIns: SignIns;
  /** What signs now. */
  signingKey: () => Promise<ProviderKey>;
}

type Completed = Extract<SignInResult, { outcome: 'completed' }>;
type Refusal = { error: PostedError; reason: FailureReason; detail: string };

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
    answers.postError(exchange, to, 'access_denied', result);
    return;
  }
  const token = await tokenFor(deps, exchange, { served, flow, request, result });
  if (typeof token === 'string') {
    answers.postToken(exchange, to, token);
    return;
  }
  const { error, ...why } = token;
  const about = { entry, relyingParty: flow.party, person: result.person.id };
  await answers.fail(exchange, to, error, { ...about, ...why });
}

interface Issue {
  served: ServedParty;
  flow: SecondFactorFlow;
  request: SignInRequest;
  result: Completed;
}

/** Judges everything anew at the moment of signing; the row is written before the token exists. */
async function tokenFor(
  deps: ArriveDeps,
  { clientAddress }: Exchange,
  { served, flow, request, result }: Issue,
): Promise<string | Refusal> {
  const { party, settings } = served;
  const { account } = flow;
  const denied = (reason: FailureReason, detail: string): Refusal => ({
    error: 'access_denied',
    reason,
    detail,
  });
  if (!settings.tenants.includes(account.tenant)) return denied('policy_denied', 'tenant');
  const person = await personNow(deps, result);
  if (person === null) return denied('session_ended', 'person-changed');
  const decision = deps.evaluatePolicy(party, person, request, clientAddress);
  if (!decision.allowed) return denied('policy_denied', decision.rule);
  const amr = provedMethod(result.events, flow.request.amrs);
  const { allowedFactors } = decision;
  const counts = ({ factor }: { factor: string }): boolean =>
    factor === 'password' || allowedFactors === null || allowedFactors.includes(factor);
  if (amr === null || strengthOf(result.events.filter(counts)).factors < 2) {
    return denied('strength_unreachable', 'at-issue');
  }
  const whose = await whoseAccount(deps, account, settings);
  if (whose.kind === 'nobody') return denied(whose.reason, 'account');
  if (whose.person.id !== person.id) return denied('subject_mismatch', 'account');
  const vouched = request.priorEvidence.length > 0;
  if (whose.kind === 'to-be-proved' && vouched) return denied('subject_mismatch', 'link-gone');
  if (whose.kind === 'to-be-proved' || whose.by === 'attribute') {
    const how = whose.kind === 'known' ? 'attribute' : 'sign-in';
    const about = { relyingParty: party.id, clientAddress, how } as const;
    const linked = await deps.accounts.link(account, whose.person, about);
    if (!linked) return denied('subject_mismatch', 'link-taken');
  }
  const key = await deps.signingKey();
  const issuer = issuerOf(deps.publicUrl, party.id);
  const row = await deps.audit.recordWithChange(
    unchangedPerson(whose.person),
    secondFactorAsserted(
      { person: person.id, relyingParty: party.id, clientAddress },
      {
        issuer,
        tenant: account.tenant,
        objectId: account.objectId,
        rule: decision.rule,
        factors: result.events,
        acr: SECOND_FACTOR_ACR,
        amr,
        kid: key.kid,
      },
    ),
  );
  if (row === null) return denied('session_ended', 'person-changed');
  return signIdToken(key, {
    issuer,
    clientId: settings.client_id,
    subject: account.subject,
    nonce: flow.request.nonce,
    amr,
    now: deps.clock.now(),
  });
}

/** As they are now; `null` when they are disabled, or what was proved before is void. */
async function personNow(
  { directory }: Pick<ArriveDeps, 'directory'>,
  { person: { id, epoch }, events }: Completed,
): Promise<Person | null> {
  const person = await directory.find(id);
  const proved = { session: { person: id, epoch, events } };
  return person !== null && holds(proved, person) ? person : null;
}
