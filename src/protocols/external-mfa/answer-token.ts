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
import { holds } from '../../sessions/session-person.js';
import { issuerOf } from './discovery.js';
import type { ExternalAccounts } from './external-accounts.js';
import { signIdToken } from './id-token.js';
import { judgeProof } from './judge-proof.js';
import type { SecondFactorFlow } from './parked-requests.js';
import type { ProviderKey } from './provider-keys.js';
import type { ServedParty } from './served-party.js';
import { whoseAccount } from './whose-account.js';

export interface AnswerTokenDeps {
  accounts: ExternalAccounts;
  audit: Pick<AuditLog, 'recordWithChange'>;
  clock: Clock;
  directory: Directory;
  evaluatePolicy: EvaluatePolicy;
  publicUrl: PublicUrl;
  /** What signs now. */
  signingKey: () => Promise<ProviderKey>;
}

/** A sign-in that completed, and what it was for. */
export interface ProvedFlow {
  served: ServedParty;
  flow: SecondFactorFlow;
  request: SignInRequest;
  result: Extract<SignInResult, { outcome: 'completed' }>;
  clientAddress: string;
}

/** Why nothing is signed. */
export interface Denial {
  reason: FailureReason;
  detail: string;
}

/** Entra drops an attempt after five minutes: what is signed later could serve only somebody else. */
const ANSWERED_WITHIN_MS = 5 * 60_000;

/** Judges everything anew at the moment of signing; the row is written before the token exists. */
export async function answerToken(
  deps: AnswerTokenDeps,
  proved: ProvedFlow,
): Promise<string | Denial> {
  const { served, flow, clientAddress } = proved;
  const { party, settings } = served;
  const { account } = flow;
  if (deps.clock.now() >= flow.receivedAt + ANSWERED_WITHIN_MS) {
    return { reason: 'sign_in_expired', detail: 'too-late' };
  }
  if (!settings.tenants.includes(account.tenant)) {
    return { reason: 'policy_denied', detail: 'tenant' };
  }
  const person = await personNow(deps, proved.result);
  if (person === null) return { reason: 'session_ended', detail: 'person-changed' };
  const judged = judgeProof(deps, { ...proved, party, person, now: deps.clock.now() });
  if (!judged.ok) return { reason: judged.reason, detail: judged.detail };
  const unlinked = await ensureLinked(deps, proved, person);
  if (unlinked !== null) return unlinked;
  const key = await deps.signingKey();
  const issuer = issuerOf(deps.publicUrl, party.id);
  const { acr, amr, rule } = judged;
  const row = await deps.audit.recordWithChange(
    unchangedPerson(person),
    secondFactorAsserted(
      { person: person.id, relyingParty: party.id, clientAddress },
      {
        issuer,
        tenant: account.tenant,
        objectId: account.objectId,
        rule,
        factors: proved.result.events,
        acr,
        amr,
        kid: key.kid,
      },
    ),
  );
  if (row === null) return { reason: 'session_ended', detail: 'person-changed' };
  return signIdToken(key, {
    issuer,
    clientId: settings.client_id,
    subject: account.subject,
    nonce: flow.request.nonce,
    acr,
    amr,
    now: deps.clock.now(),
  });
}

/** Is the account this person's still, or from now on? */
async function ensureLinked(
  deps: Pick<AnswerTokenDeps, 'accounts' | 'directory'>,
  { served, flow, request, clientAddress }: ProvedFlow,
  person: Person,
): Promise<Denial | null> {
  const mismatch = (detail: string): Denial => ({ reason: 'subject_mismatch', detail });
  const whose = await whoseAccount(deps, flow.account, served.settings);
  if (whose.kind === 'nobody') return { reason: whose.reason, detail: 'account' };
  if (whose.person.id !== person.id) return mismatch('account');
  const vouched = request.priorEvidence.length > 0;
  if (whose.kind === 'to-be-proved' && vouched) return mismatch('link-gone');
  if (whose.kind === 'known' && whose.by === 'link') return null;
  const how = whose.kind === 'known' ? 'attribute' : 'sign-in';
  const about = { relyingParty: served.party.id, clientAddress, how } as const;
  if (whose.kind === 'known' && whose.insteadOf !== null) {
    const handedOn = { clientAddress, data: { by: 'attribute', now_of: whose.person.id } };
    await deps.accounts.unlink(flow.account, whose.insteadOf, handedOn);
  }
  const linked = await deps.accounts.link(flow.account, whose.person, about);
  return linked ? null : mismatch('link-taken');
}

/** As they are now; `null` when they are disabled, or what was proved before is void. */
async function personNow(
  { directory }: Pick<AnswerTokenDeps, 'directory'>,
  { person: { id, epoch }, events }: ProvedFlow['result'],
): Promise<Person | null> {
  const person = await directory.find(id);
  const proved = { session: { id: null, person: id, epoch, events } };
  return person !== null && holds(proved, person) ? person : null;
}
