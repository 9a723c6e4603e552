import { createHash } from 'node:crypto';
import type { AuditLog } from '../../../audit/audit-log.js';
import { assertionIssued } from '../../../audit/events/saml-events.js';
import type { Person } from '../../../directory/person.js';
import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';
import { buildResponse } from '../../../saml-core/build-response.js';
import type { NameId } from '../../../saml-core/messages.js';
import type { Participant, Session } from '../../../sessions/session.js';
import type { SessionStore, StoredSession } from '../../../sessions/session-store.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { SamlPartner } from '../partner.js';
import type { SamlEntity } from '../saml-entity.js';
import { participantKey, participationOf, toParticipantState } from '../saml-participation.js';
import type { AuthnFlow } from '../sso/authn-flow.js';
import type { JudgedSession } from '../sso/judge-session.js';
import { encryptionKeyOf } from './encryption-key.js';
import { failureOf, type FlowFailure } from './flow-failure.js';
import { keptNameId } from './kept-name-id.js';
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
  clientAddress: string;
}

export type Issued = { ok: true; xml: string } | { ok: false; failure: FlowFailure };

/**
 * Makes the response for somebody who may enter. In this order: the audit row (with the identifier it may create, in
 * one statement), the session that now knows of the service, and only then anything that could leave.
 */
export async function issueAssertion(deps: IssueDeps, what: ToIssue): Promise<Issued> {
  const { flow, partner, entity, person, judged } = what;
  const encryptFor = encryptionKeyOf(partner);
  if (encryptFor === 'impossible') return impossible('no-encryption-key');
  const parties = {
    issuer: entity.entityId,
    partner: partner.metadata.entityId,
    setting: partner.settings.name_id,
  };
  const plan = planNameId(person, flow.nameId, parties, deps.random);
  if (plan.how === 'impossible') return impossible(plan.detail);
  const attributes = releasedAttributes(person, partner.settings.attributes);
  const nameId = await recordedNameId(deps, what, plan, {
    attributes: attributes.map(({ name }) => name),
    encrypted: encryptFor !== null,
  });
  if (nameId === null) {
    return { ok: false, failure: failureOf('subject_mismatch', 'subject') };
  }
  const entered = await enterSession(deps, what, nameId);
  if (entered === null) {
    return { ok: false, failure: failureOf('session_ended', 'while-entering') };
  }
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
      encryptFor,
    },
    entity.signingKey,
    deps.random,
  );
  return { ok: true, xml };
}

function impossible(detail: string): Issued {
  return { ok: false, failure: failureOf('assertion_impossible', detail) };
}

/** Names the person and writes the row that says so; `null`: a request means somebody else. */
async function recordedNameId(
  deps: IssueDeps,
  what: ToIssue,
  plan: Exclude<NameIdPlan, { how: 'impossible' }>,
  told: { attributes: readonly string[]; encrypted: boolean },
): Promise<NameId | null> {
  const { flow, person, judged, session } = what;
  const event = (format: string | null) =>
    assertionIssued(
      { person: person.id, relyingParty: flow.party, clientAddress: what.clientAddress },
      {
        ...told,
        session: session.session.id,
        issuer: flow.issuer,
        solicited: flow.inResponseTo !== null,
        rule: judged.rule,
        factors: judged.proofs,
        contextClass: judged.context,
        nameIdFormat: format ?? '',
      },
    );
  const kept = keptNameId({ person: person.id, relyingParty: flow.party }, deps);
  if (plan.how === 'kept' && flow.subject === null) {
    const { format } = plan.naming('');
    const row = await deps.audit.recordWithChange(kept, event(format));
    if (row === null) throw new Error('no name identifier came back');
    return plan.naming(row.value);
  }
  const nameId =
    plan.how === 'known'
      ? plan.nameId
      : plan.naming((await kept(deps.database.db).executeTakeFirst())?.value ?? '');
  if (flow.subject !== null && !isMeant(flow.subject, nameId)) return null;
  await deps.audit.record(event(nameId.format));
  return nameId;
}

/**
 * Notes the service among those to be told when the session ends.
 * @returns `null` when it has ended already: nothing may be issued on it then
 */
async function enterSession(
  deps: IssueDeps,
  { flow, session: current }: ToIssue,
  nameId: NameId,
): Promise<{ session: Session; sessionIndex: string } | null> {
  const key = participantKey(flow.party);
  const { issuer } = flow;
  const entered = (session: Session): Readonly<Record<string, Participant>> => {
    const known = session.participants[key];
    const sessionIndex = sessionIndexOf(session, flow.party);
    const state = toParticipantState({ issuer, sessionIndex, nameId });
    const since = known?.since ?? deps.clock.now();
    const participant = { protocol: 'saml', relyingParty: flow.party, since, state };
    return { ...session.participants, [key]: participant };
  };
  const next = deps.sessions.change(current, { participants: entered(current.session) });
  const session = (await deps.store.commit(next.writes, next.guards))
    ? next.session
    : await deps.sessions.update(current.session.id, (newest) => ({
        participants: entered(newest),
      }));
  return session && { session, sessionIndex: sessionIndexOf(session, flow.party) };
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
