import { createHash } from 'node:crypto';
import type { AuditLog } from '../../../audit/audit-log.js';
import { assertionIssued } from '../../../audit/events/saml-events.js';
import type { Directory } from '../../../directory/directory.js';
import { recordByFieldIdentifier } from '../../../directory/field-identifier.js';
import { keptNameId, unchangedPerson } from '../../../directory/kept-name-id.js';
import type { Person } from '../../../directory/person.js';
import { isOfDomains } from '../../../issuers/issuer-for-upn.js';
import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';
import { buildResponse } from '../../../saml-core/build-response.js';
import type { NameId } from '../../../saml-core/messages.js';
import { enterSession } from '../../../sessions/enter-session.js';
import type { Participant, Session } from '../../../sessions/session.js';
import type { SessionStore, StoredSession } from '../../../sessions/session-store.js';
import type { Use } from '../../../login/sign-in-store.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { SamlPartner } from '../partner.js';
import type { SamlEntity } from '../saml-entity.js';
import { participantKey, participationOf, toParticipantState } from '../saml-participation.js';
import type { AuthnFlow } from '../sso/authn-flow.js';
import type { JudgedSession } from '../sso/judge-session.js';
import { encryptionOf } from './encryption-key.js';
import { failureOf, type FlowFailure } from './flow-failure.js';
import { nameOfSomebody } from '../sso/name-of-somebody.js';
import { isMeant, planNameId, type NameIdPlan } from './name-id.js';
import { releasedAttributes } from './released-attributes.js';

/** For how long an assertion may be presented. */
const VALID_FOR_MS = 5 * 60_000;
/** For services whose clock is behind ours. */
const NOT_BEFORE_SKEW_MS = 60_000;

export interface IssueDeps {
  audit: AuditLog;
  clock: Clock;
  database: SqlDatabase;
  directory: Pick<Directory, 'findByAlias'>;
  random: RandomSource;
  sessions: SessionStore;
  store: EphemeralStore;
}

export interface ToIssue {
  flow: AuthnFlow;
  partner: SamlPartner;
  entity: SamlEntity;
  person: Person;
  session: StoredSession;
  judged: Extract<JudgedSession, { verdict: 'sufficient' }>;
  /** A sign-in that this uses up; `null`: there was none. */
  use: Use | null;
  clientAddress: string;
}

export type Issued =
  | { outcome: 'issued'; xml: string }
  | { outcome: 'failed'; failure: FlowFailure }
  /** The person is not as they were read any more: to be judged anew. */
  | { outcome: 'person-changed' }
  /** Somebody was faster with the same sign-in. */
  | { outcome: 'used-up' };

/**
 * Makes the response for somebody who may enter. In this order: the audit row (with the identifier it may create, in
 * one statement), the session that now knows of the service, and only then anything that could leave.
 */
export async function issueAssertion(deps: IssueDeps, what: ToIssue): Promise<Issued> {
  const { flow, partner, entity, person, judged } = what;
  const encryption = encryptionOf(partner);
  if (!encryption.possible) return failed('assertion_impossible', 'no-encryption-key');
  const parties = {
    issuer: entity.entityId,
    partner: partner.metadata.entityId,
    setting: partner.settings.name_id,
  };
  const plan = planNameId(person, flow.nameId, parties, deps.random);
  if (plan.how === 'impossible') return failed('assertion_impossible', plan.detail);
  const attributes = releasedAttributes(person, partner.settings.attributes);
  const nameId = await recordedNameId(deps, what, plan, {
    attributes: attributes.map(({ name }) => name),
    encrypted: encryption.certificate !== null,
  });
  if (nameId === 'person-changed') return { outcome: 'person-changed' };
  if (nameId === null) return failed('subject_mismatch', 'subject');
  if ('sharedWith' in nameId) {
    const detail = `name-id-field-shared: ${nameId.field} (${nameId.sharedWith})`;
    return failed('assertion_impossible', detail);
  }
  const entered = await enter(deps, what, nameId);
  if (entered === 'used-up') return { outcome: 'used-up' };
  if (entered === null) return failed('session_ended', 'while-entering');
  const now = deps.clock.now();
  const { xml } = await buildResponse(
    {
      issuer: entity.entityId,
      audience: partner.metadata.entityId,
      subject: nameId,
      inResponseTo: flow.inResponseTo,
      recipient: flow.acs,
      issueInstant: now,
      authnInstant: judged.authTime,
      notBefore: now - NOT_BEFORE_SKEW_MS,
      notOnOrAfter: now + VALID_FOR_MS,
      sessionIndex: entered.sessionIndex,
      sessionNotOnOrAfter: entered.session.expiresAt,
      authnContextClassRef: judged.context,
      attributes,
    },
    {
      destination: flow.acs,
      inResponseTo: flow.inResponseTo,
      issueInstant: now,
      signAssertion: partner.settings.sign !== 'response' || partner.metadata.wantAssertionsSigned,
      signResponse: partner.settings.sign !== 'assertion',
      encryptFor: encryption.certificate,
    },
    entity.signingKey,
    deps.random,
  );
  return { outcome: 'issued', xml };
}

function failed(reason: FlowFailure['reason'], detail: string): Issued {
  return { outcome: 'failed', failure: failureOf(reason, detail) };
}

/**
 * Names the person and writes the row that says so, in one step with a look whether the person is as they were judged.
 * @returns `null`: a request means somebody else; `sharedWith`: somebody else has the same name in that field
 */
async function recordedNameId(
  deps: IssueDeps,
  what: ToIssue,
  plan: Exclude<NameIdPlan, { how: 'impossible' }>,
  told: { attributes: readonly string[]; encrypted: boolean },
): Promise<NameId | null | 'person-changed' | { sharedWith: string; field: string }> {
  const { flow, partner, person, judged, session } = what;
  const event = (format: string | null) =>
    assertionIssued(
      { person: person.id, relyingParty: flow.party, clientAddress: what.clientAddress },
      {
        ...told,
        requestSha1: flow.sha1 === true,
        session: session.session.id,
        issuer: what.entity.issuer,
        solicited: flow.inResponseTo !== null,
        rule: judged.rule,
        factors: judged.proofs,
        contextClass: judged.context,
        nameIdFormat: format ?? '',
      },
    );
  const kept = keptNameId(person, flow.party, deps);
  if (plan.how === 'kept' && flow.subject === null) {
    const row = await deps.audit.recordWithChange(kept, event(plan.naming('').format));
    return row === null ? 'person-changed' : plan.naming(row.value);
  }
  const value =
    plan.how === 'known' ? null : (await kept(deps.database.db).executeTakeFirst())?.value;
  if (value === undefined) return 'person-changed';
  const nameId = plan.how === 'known' ? plan.nameId : plan.naming(value ?? '');
  if (!(await isSubject(deps.directory, what, nameId))) return null;
  const field = plan.how === 'known' ? plan.field : null;
  if (field !== null) {
    const { issuer_by_domain: byDomain, domains } = partner.settings;
    const identifier = {
      audience: partner.metadata.entityId,
      field,
      value: nameId.value,
      couldBe: ({ upn }: Pick<Person, 'upn'>) => !byDomain || isOfDomains(upn, domains ?? null),
    };
    const told = event(nameId.format);
    const recorded = await recordByFieldIdentifier(deps, person, identifier, told);
    if (recorded === 'recorded') return nameId;
    return recorded === 'person-changed' ? recorded : { ...recorded, field };
  }
  const row = await deps.audit.recordWithChange(unchangedPerson(person), event(nameId.format));
  return row === null ? 'person-changed' : nameId;
}

/** Whether a request means this person, or nobody in particular. */
async function isSubject(
  directory: Pick<Directory, 'findByAlias'>,
  { flow: { subject }, partner, person }: ToIssue,
  nameId: NameId,
): Promise<boolean> {
  if (subject === null || isMeant(subject, nameId)) return true;
  if (nameOfSomebody(subject, partner.settings) === null) return false;
  const meant = await directory.findByAlias(subject.value);
  return meant === null || meant.id === person.id;
}

/** @returns `null` when the session has ended already: nothing may be issued on it then */
async function enter(
  deps: IssueDeps,
  { flow, entity, session: judged, use }: ToIssue,
  nameId: NameId,
): Promise<{ session: Session; sessionIndex: string } | null | 'used-up'> {
  const key = participantKey(flow.party);
  const { party } = flow;
  const { issuer } = entity;
  const session = await enterSession(
    deps,
    judged,
    key,
    (current): Participant => ({
      protocol: 'saml',
      relyingParty: party,
      since: current.participants[key]?.since ?? deps.clock.now(),
      state: toParticipantState({
        issuer,
        sessionIndex: sessionIndexOf(current, party),
        nameId,
      }),
    }),
    use,
  );
  if (session === null || session === 'used-up') return session;
  return { session, sessionIndex: sessionIndexOf(session, party) };
}

/**
 * The same for a service as long as the session lasts, through a step-up as well. It says nothing about the session:
 * whoever could work it out must know what only the session's own browser holds.
 */
function sessionIndexOf(session: Session, party: string): string {
  const known = session.participants[participantKey(party)];
  const kept = known === undefined ? '' : participationOf(known).sessionIndex;
  if (kept !== '') return kept;
  const hash = createHash('sha256').update(`${session.secretHash} saml ${party}`);
  return `_${hash.digest('hex').slice(0, 40)}`;
}
