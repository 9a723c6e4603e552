import type { AuditLog } from '../../../audit/audit-log.js';
import { assertionIssued } from '../../../audit/events/saml-events.js';
import { recordByFieldIdentifier } from '../../../directory/field-identifier.js';
import { keptNameId } from '../../../directory/kept-name-id.js';
import type { Person } from '../../../directory/person.js';
import { isOfDomains } from '../../../issuers/issuer-for-upn.js';
import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';
import type { Use } from '../../../login/sign-in-store.js';
import { buildToken11 } from '../../../saml-core/build-token-11.js';
import { buildTokenResponse } from '../../../saml-core/build-token-response.js';
import { enterSession } from '../../../sessions/enter-session.js';
import type { SessionStore, StoredSession } from '../../../sessions/session-store.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { WsFedIssuer, WsFedIssuers } from '../issuers/wsfed-issuers.js';
import type { JudgedSession } from '../passive/judge-session.js';
import type { ServedFlow } from '../passive/served-flow.js';
import { PARTICIPANT_PROTOCOL, participantKey } from '../wsfed-participation.js';
import { issuerOfPerson } from './issuer-of-person.js';
import { planName, type NamePlan } from './name-identifier.js';
import { releasedClaims } from './released-claims.js';

export interface IssueDeps {
  audit: AuditLog;
  clock: Clock;
  database: SqlDatabase;
  issuers: WsFedIssuers;
  random: RandomSource;
  sessions: SessionStore;
  store: EphemeralStore;
}

export interface ToIssue extends ServedFlow {
  person: Person;
  session: StoredSession;
  judged: Extract<JudgedSession, { verdict: 'sufficient' }>;
  /** A sign-in that this uses up; `null`: there was none. */
  use: Use | null;
  clientAddress: string;
}

export type Issued =
  | { outcome: 'issued'; wresult: string }
  | { outcome: 'failed'; reason: 'assertion_impossible' | 'session_ended'; detail: string }
  /** The person is not as they were read any more: to be judged anew. */
  | { outcome: 'person-changed' }
  /** Somebody was faster with the same sign-in. */
  | { outcome: 'used-up' };

/**
 * Makes the token for somebody who may enter. In this order: the audit row (with the identifier it may create, in one
 * statement), the session that now knows of the service, and only then anything that could leave.
 */
export async function issueToken(deps: IssueDeps, what: ToIssue): Promise<Issued> {
  const { flow, served, person, judged } = what;
  const { settings } = served;
  const impossible = (detail: string): Issued => ({
    outcome: 'failed',
    reason: 'assertion_impossible',
    detail,
  });
  const issuer = issuerOfPerson(deps.issuers, settings, flow, person);
  if ('impossible' in issuer) return impossible(issuer.impossible);
  const plan = planName(person, settings.name_id);
  if (plan.how === 'impossible') return impossible(plan.detail);
  const attributes = releasedClaims(person, settings.attributes);
  const claims = attributes.map(({ namespace, name }) => `${namespace}/${name}`);
  const named = await recordedName(deps, what, plan, issuer, claims);
  if (named === 'person-changed') return { outcome: 'person-changed' };
  if ('sharedWith' in named) {
    return impossible(`name-id-field-shared: ${named.field} (${named.sharedWith})`);
  }
  const entered = await enter(deps, what);
  if (entered === 'used-up') return { outcome: 'used-up' };
  if (entered === null) {
    return { outcome: 'failed', reason: 'session_ended', detail: 'while-entering' };
  }
  const now = deps.clock.now();
  const expires = now + settings.token_lifetime;
  const { xml: token } = await buildToken11(
    {
      issuer: issuer.entityId,
      audience: settings.realm,
      subject: { value: named.subject, format: plan.format },
      issueInstant: now,
      authenticationInstant: judged.instant,
      authenticationMethod: judged.method,
      notBefore: now,
      notOnOrAfter: expires,
      attributes,
    },
    settings.signature === 'rsa-sha1' ? { ...issuer.signingKey, hash: 'sha1' } : issuer.signingKey,
    deps.random,
  );
  const wresult = buildTokenResponse({ token, appliesTo: settings.realm, created: now, expires });
  return { outcome: 'issued', wresult };
}

/**
 * Names the person and writes the row that says so, in one step with a look whether the person is as they were judged.
 * @returns `sharedWith`: somebody else has the same name in that field
 */
async function recordedName(
  deps: IssueDeps,
  what: ToIssue,
  plan: Exclude<NamePlan, { how: 'impossible' }>,
  issuer: WsFedIssuer,
  attributes: readonly string[],
): Promise<{ subject: string } | 'person-changed' | { sharedWith: string; field: string }> {
  const { flow, served, person, judged, session, clientAddress } = what;
  const event = assertionIssued(
    { person: person.id, relyingParty: flow.party, clientAddress },
    {
      session: session.session.id,
      issuer: issuer.id,
      solicited: true,
      rule: judged.rule,
      factors: judged.proofs,
      contextClass: judged.method,
      nameIdFormat: plan.format,
      attributes,
      encrypted: false,
    },
  );
  if (plan.how === 'kept') {
    const row = await deps.audit.recordWithChange(keptNameId(person, flow.party, deps), event);
    return row === null ? 'person-changed' : { subject: row.value };
  }
  const { value, field } = plan;
  const { realm, issuer_by_domain: byDomain, domains } = served.settings;
  const identifier = {
    audience: realm,
    field,
    value,
    couldBe: ({ upn }: Pick<Person, 'upn'>) => !byDomain || isOfDomains(upn, domains ?? null),
  };
  const recorded = await recordByFieldIdentifier(deps, person, identifier, event);
  if (recorded === 'recorded') return { subject: value };
  return recorded === 'person-changed' ? recorded : { ...recorded, field };
}

function enter(deps: IssueDeps, { flow, session, use }: ToIssue) {
  const key = participantKey(flow.party);
  return enterSession(
    deps,
    session,
    key,
    (current) => ({
      protocol: PARTICIPANT_PROTOCOL,
      relyingParty: flow.party,
      since: current.participants[key]?.since ?? deps.clock.now(),
      state: { reply: flow.reply },
    }),
    use,
  );
}
