import type { AuditEvent } from '../audit/audit-event.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { Directory } from '../directory/directory.js';
import type { Person } from '../directory/person.js';
import type { Factor, FactorContext, FactorVerdict } from '../factors/factor.js';
import type { Clock } from '../kernel/clock.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import { strengthOf } from '../sessions/strength.js';
import { countableEvents } from './countable-events.js';
import type { SignInCircumstances, SignInInput } from './engine-input.js';
import { nextStep } from './next-step.js';
import type { EvaluatePolicy } from './evaluate-policy.js';
import type { EnrolledFactor, SignInRecord } from './sign-in-record.js';
import { stepLabel } from './sign-in-record.js';

export interface EngineDeps {
  directory: Directory;
  relyingParties: RelyingPartyRegistry;
  /** In order of preference. */
  factors: readonly Factor[];
  evaluatePolicy: EvaluatePolicy;
  audit: AuditLog;
  clock: Clock;
  /** Whether people may set up their first second factor in the middle of a sign-in. */
  enrolmentAtSignIn: boolean;
  organisation: string;
  /** Sets a new password for somebody who must change it; the reason when it is not acceptable. */
  changePassword: (
    person: Person,
    newPassword: string,
  ) => Promise<{ ok: true; person: Person } | { ok: false; reason: FailureReason }>;
}

/**
 * Advances a sign-in. Knows no HTTP and keeps nothing: the host stores the record it gets back, as one
 * compare-and-set against the record it gave.
 */
export class SignInEngine {
  readonly #deps: EngineDeps;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  /** The first step of a new record: a joined session may already hold a part of the proof, or all of it. */
  async start(record: SignInRecord, at: SignInCircumstances): Promise<SignInRecord> {
    return this.#proceed({ ...record, person: await this.#personOfSession(record) }, at, null);
  }

  /** @throws DependencyUnavailable, Overloaded when nothing could be judged; the record stays as it was. */
  async advance(
    record: SignInRecord,
    input: SignInInput,
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    const { step } = record;
    if (step.kind === 'ended') return record;
    if (input.kind === 'cancel') return this.#fail(record, 'cancelled', at);
    if (input.kind === 'choose') return this.#proceed(withoutFailure(record), at, input.factor);
    if (input.step !== stepLabel(step)) return refused(record, 'step_out_of_order', null);

    switch (step.kind) {
      case 'password':
        return this.#answerPassword(record, input.fields, at);
      case 'change-password':
        return this.#answerChangePassword(record, input.fields, at);
      case 'factor':
      case 'enrol':
        return this.#answerFactor(record, step, input.fields, at);
      case 'choose-factor':
        return record;
    }
  }

  async #answerPassword(
    record: SignInRecord,
    fields: Readonly<Record<string, string>>,
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    const typedUsername = fields['username'] ?? '';
    const asked = { ...record, typedUsername };
    // An empty password never reaches a directory: LDAP would take it for an anonymous bind (RFC 4513, 5.1.2).
    if (typedUsername.trim() === '' || (fields['password'] ?? '') === '') {
      return refused(asked, 'credentials_missing', null);
    }
    const verdict = await this.#deps.directory.checkPassword({
      username: typedUsername,
      password: fields['password'] ?? '',
      knownBrowserOf: at.knownBrowserOf,
    });
    if (verdict.kind === 'refused') {
      const person = verdict.person === null ? {} : { person: verdict.person };
      return this.#refuse(asked, verdict.reason, at, { factor: 'password' }, person);
    }
    if (record.request.subject !== null && record.request.subject !== verdict.person.id) {
      return this.#fail({ ...asked, person: verdict.person }, 'subject_mismatch', at);
    }
    const proved = {
      ...withoutFailure(asked),
      person: verdict.person,
      mustChangePassword: verdict.changeRequired,
      enrolled: null,
      events: [
        ...record.events.filter((event) => event.factor !== 'password'),
        { factor: 'password', category: 'knowledge', amr: 'pwd', at: this.#deps.clock.now() },
      ],
    } as const;
    return this.#proceed(proved, at, null);
  }

  async #answerChangePassword(
    record: SignInRecord,
    fields: Readonly<Record<string, string>>,
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    if (record.person === null) return this.#fail(record, 'step_out_of_order', at);
    const chosen = fields['new_password'] ?? '';
    if (chosen !== fields['repeat_password']) {
      return refused(record, 'passwords_differ', null);
    }
    const changed = await this.#deps.changePassword(record.person, chosen);
    if (!changed.ok) return refused(record, changed.reason, null);
    const next = { ...withoutFailure(record), person: changed.person, mustChangePassword: false };
    return this.#proceed(next, at, null);
  }

  async #answerFactor(
    record: SignInRecord,
    step: Extract<SignInRecord['step'], { kind: 'factor' | 'enrol' }>,
    fields: Readonly<Record<string, string>>,
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    const { person } = record;
    const factor = this.#factor(step.factor);
    if (person === null) return this.#fail(record, 'step_out_of_order', at);
    const context: FactorContext = {
      clientAddress: at.clientAddress,
      relyingParty: record.request.relyingParty,
    };
    const { state } = step.prompt;
    const verdict: FactorVerdict =
      step.kind === 'factor'
        ? await factor.answer(person, state, fields, context)
        : await (factor.enrolment?.complete(person, state, fields, context) ?? refusedOutOfOrder());
    if (verdict.kind === 'refused') {
      if (verdict.reason === 'factor_locked' || verdict.reason === 'enrolment_expired') {
        return this.#fail(record, verdict.reason, at);
      }
      return this.#refuse(
        record,
        verdict.reason,
        at,
        { factor: factor.name },
        { person: person.id },
      );
    }
    const next = { ...withoutFailure(record), events: [...record.events, verdict.event] };
    return this.#proceed(next, at, null);
  }

  /** Asks `nextStep` and does what it says, until the person has to do something or the sign-in has ended. */
  async #proceed(
    record: SignInRecord,
    at: SignInCircumstances,
    chosen: string | null,
  ): Promise<SignInRecord> {
    const { clock, relyingParties } = this.#deps;
    const person = record.person;
    const relyingParty = relyingParties.byId(record.request.relyingParty);
    if (relyingParty === null) return this.#fail(record, 'unknown_relying_party', at);
    if (person === null) return { ...record, step: { kind: 'password' } };

    const decision = this.#deps.evaluatePolicy(
      relyingParty,
      person,
      record.request,
      at.clientAddress,
    );
    if (!decision.allowed) return this.#fail(record, 'policy_denied', at, { rule: decision.rule });
    const countable = countableEvents(record, person.id, decision, clock.now());
    const next = nextStep({
      personKnown: true,
      mustChangePassword: record.mustChangePassword,
      countable,
      demand: decision,
      enrolled: record.enrolled,
      enrollable: this.#enrollable(),
      chosen,
    });
    switch (next.step) {
      case 'password':
        return { ...record, step: { kind: 'password' } };
      case 'change-password':
        return { ...record, step: { kind: 'change-password' } };
      case 'choose-factor':
        return { ...record, step: { kind: 'choose-factor' } };
      case 'look-up-factors':
        return this.#proceed({ ...record, enrolled: await this.#lookUp(person) }, at, chosen);
      case 'factor': {
        const factor = this.#factor(next.factor);
        const prompt = await factor.begin(person, []);
        return { ...record, step: { kind: 'factor', factor: factor.name, prompt } };
      }
      case 'enrol': {
        const factor = this.#factor(next.factor);
        const prompt = await factor.enrolment?.begin(person, this.#deps.organisation);
        if (prompt === undefined) return this.#fail(record, 'no_factor_enrolled', at);
        return { ...record, step: { kind: 'enrol', factor: factor.name, prompt } };
      }
      case 'fail':
        return this.#fail(record, next.reason, at, { rule: decision.rule });
      case 'complete':
        return this.#complete(record, person, countable, decision.rule, at);
    }
  }

  async #complete(
    record: SignInRecord,
    person: Person,
    events: SignInRecord['events'],
    rule: string,
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    const { request } = record;
    const strength = strengthOf(events);
    await this.#deps.audit.record({
      kind: 'sign_in.completed',
      person: person.id,
      relyingParty: request.relyingParty,
      clientAddress: at.clientAddress,
      data: {
        sign_in: record.id,
        protocol: request.protocol,
        entry: request.entry,
        rule,
        asked_factors: request.asked.factors,
        asked_max_age: request.asked.maxAge,
        forced: request.force,
        groups: person.groups,
        amr: strength.amr,
        factors: events.map(({ factor, at: provedAt }) => ({ factor, at: provedAt })),
      },
    });
    const result = {
      outcome: 'completed',
      person,
      issuer: 'default',
      events,
      session: null,
      rule,
    } as const;
    return { ...withoutFailure(record), step: { kind: 'ended', result } };
  }

  /** The answer was wrong: the same step again, with the reason. */
  async #refuse(
    record: SignInRecord,
    reason: FailureReason,
    at: SignInCircumstances,
    data: NonNullable<AuditEvent['data']>,
    who: Pick<AuditEvent, 'person'>,
  ): Promise<SignInRecord> {
    const reference = await this.#deps.audit.record({
      kind: 'sign_in.failed',
      ...who,
      reason,
      relyingParty: record.request.relyingParty,
      clientAddress: at.clientAddress,
      data: { sign_in: record.id, entry: record.request.entry, ...data },
    });
    return refused(record, reason, reference);
  }

  /** The sign-in ends here. */
  async #fail(
    record: SignInRecord,
    reason: FailureReason,
    at: SignInCircumstances,
    data: NonNullable<AuditEvent['data']> = {},
  ): Promise<SignInRecord> {
    const reference = await this.#deps.audit.record({
      kind: 'sign_in.failed',
      ...(record.person === null ? {} : { person: record.person.id }),
      reason,
      relyingParty: record.request.relyingParty,
      clientAddress: at.clientAddress,
      data: { sign_in: record.id, entry: record.request.entry, ended: true, ...data },
    });
    const result = { outcome: 'failed', reason, reference } as const;
    return { ...record, step: { kind: 'ended', result } };
  }

  /** The joined session's person, unless what was issued to them is void by now. */
  async #personOfSession({ session, request }: SignInRecord): Promise<Person | null> {
    if (session === null || request.force) return null;
    const person = await this.#deps.directory.find(session.person);
    const current = person !== null && !person.disabled && person.epoch === session.epoch;
    return current ? person : null;
  }

  /**
   * Ordinary factors are looked up first. Whoever has one is offered the fallbacks unseen, which saves a round trip
   * for everybody and tells nobody what a person has set up.
   */
  async #lookUp(person: Person): Promise<EnrolledFactor[]> {
    const byUse = (use: Factor['use']) => this.#deps.factors.filter((factor) => factor.use === use);
    const ordinary = await this.#enrolledAmong(byUse('ordinary'), person);
    const fallbacks = byUse('fallback');
    return ordinary.length > 0
      ? [...ordinary, ...fallbacks].map(enrolled)
      : (await this.#enrolledAmong(fallbacks, person)).map(enrolled);
  }

  async #enrolledAmong(factors: readonly Factor[], person: Person): Promise<Factor[]> {
    const counts = await Promise.all(
      factors.map(async (factor) => (await factor.enrolments(person)).length),
    );
    return factors.filter((_, index) => counts[index] !== 0);
  }

  #enrollable(): { factor: string; category: Factor['category'] }[] {
    if (!this.#deps.enrolmentAtSignIn) return [];
    return this.#deps.factors
      .filter((factor) => factor.enrolment !== undefined)
      .map(({ name, category }) => ({ factor: name, category }));
  }

  #factor(name: string): Factor {
    const factor = this.#deps.factors.find((candidate) => candidate.name === name);
    if (factor === undefined) throw new Error(`factor ${name} is not registered`);
    return factor;
  }
}

function withoutFailure(record: SignInRecord): SignInRecord {
  return { ...record, failure: null };
}

function refused(
  record: SignInRecord,
  reason: FailureReason,
  reference: string | null,
): SignInRecord {
  return { ...record, failure: { reason, reference } };
}

const enrolled = ({ name, category, use }: Factor): EnrolledFactor => ({
  factor: name,
  category,
  use,
});

const refusedOutOfOrder = (): FactorVerdict => ({ kind: 'refused', reason: 'step_out_of_order' });
