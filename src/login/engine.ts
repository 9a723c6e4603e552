import type { AuditLog } from '../audit/audit-log.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { Directory } from '../directory/directory.js';
import type { Person, PersonId } from '../directory/person.js';
import type { EnrolledAmong } from '../factors/enrolled-among.js';
import type { AnsweredElsewhere, Factor, FactorContext, FactorVerdict } from '../factors/factor.js';
import type { Clock } from '../kernel/clock.js';
import type { PolicyDecision } from '../relying-parties/decide-policy.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import { enrolledFactors, whyOutOfUse } from './enrolled-factors.js';
import type { SignInCircumstances, SignInInput } from './engine-input.js';
import type { EvaluatePolicy } from './evaluate-policy.js';
import { createFirstEnrolment, type FirstEnrolment } from './first-enrolment.js';
import { handsBack, isOver } from './handed-back.js';
import { judgeSignIn, type Judgement } from './judge-sign-in.js';
import { inForce, personKnownAtStart } from './known-person.js';
import { completedEvent, failedEvent } from './sign-in-events.js';
import { stepLabel, type EnrolledFactor, type SignInRecord } from './sign-in-record.js';

export interface EngineDeps {
  directory: Directory;
  relyingParties: RelyingPartyRegistry;
  /** In order of preference. */
  factors: readonly Factor[];
  enrolledAmong: EnrolledAmong;
  evaluatePolicy: EvaluatePolicy;
  audit: AuditLog;
  /** Told of every answer that was judged. */
  countAttempt: (factor: string, result: 'accepted' | 'refused') => void;
  clock: Clock;
  /** Whether people may set up their first second factor in the middle of a sign-in. */
  enrolmentAtSignIn: boolean;
  organisation: string;
  /** Sets a new password for somebody who must change it; the reason when it is not acceptable. */
  changePassword: (
    person: Person,
    newPassword: string,
    by: { clientAddress: string },
  ) => Promise<{ ok: true; person: Person } | { ok: false; reason: FailureReason }>;
}

type Fields = Readonly<Record<string, string>>;

/**
 * Advances a sign-in. Knows no HTTP and keeps nothing: the host stores the record it gets back, as one
 * compare-and-set against the record it gave.
 */
export class SignInEngine {
  readonly #deps: EngineDeps;
  readonly #firstEnrolment: FirstEnrolment;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.#firstEnrolment = createFirstEnrolment(deps);
  }

  /** The first step of a new record: a joined session may already hold a part of the proof, or all of it. */
  async start(record: SignInRecord, at: SignInCircumstances): Promise<SignInRecord> {
    const person = await personKnownAtStart(this.#deps.directory, record);
    return this.#proceed({ ...record, person }, at);
  }

  /** @throws DependencyUnavailable, Overloaded when nothing could be judged; the record stays as it was. */
  async advance(
    record: SignInRecord,
    input: SignInInput,
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    const { step } = record;
    if (step.kind === 'ended') return record;
    if (isOver(record, this.#deps.clock.now())) {
      await this.#leave(record);
      return this.#fail(record, 'sign_in_expired', at);
    }
    if (input.kind === 'look') return this.#look(record, at);
    if (input.kind === 'cancel') {
      await this.#leave(record);
      return this.#fail(record, 'cancelled', at);
    }
    if (input.kind === 'choose') {
      await this.#leave(record);
      // What was set up here may be in force although storing the sign-in failed then, or was set up elsewhere since.
      const enrolled = step.kind === 'enrol' ? null : record.enrolled;
      return this.#proceed({ ...withoutFailure(record), enrolled }, at, { chosen: input.factor });
    }
    if (input.step !== stepLabel(step)) {
      return this.#refuse(record, 'step_out_of_order', at, null, record.person?.id ?? null);
    }

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
    fields: Fields,
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    const typedUsername = fields['username'] ?? '';
    const password = fields['password'] ?? '';
    const asked = { ...record, typedUsername };
    // An empty password never reaches a directory: LDAP would take it for an anonymous bind (RFC 4513, 5.1.2).
    if (typedUsername.trim() === '' || password === '') {
      return this.#refuse(asked, 'credentials_missing', at, 'password', null);
    }
    const { knownBrowserOf } = at;
    const attempt = { username: typedUsername, password, knownBrowserOf };
    const verdict = await this.#deps.directory.checkPassword(attempt);
    this.#deps.countAttempt('password', verdict.kind);
    if (verdict.kind === 'refused') {
      return this.#refuse(asked, verdict.reason, at, 'password', verdict.person);
    }
    if (record.request.subject !== null && record.request.subject !== verdict.person.id) {
      return this.#fail({ ...asked, person: verdict.person }, 'subject_mismatch', at);
    }
    const proof = {
      factor: 'password',
      category: 'knowledge',
      amr: 'pwd',
      at: this.#deps.clock.now(),
    } as const;
    const proved: SignInRecord = {
      ...withoutFailure(asked),
      person: verdict.person,
      mustChangePassword: verdict.changeRequired,
      enrolled: null,
      // Whatever was proved before was proved of somebody who had not shown this password.
      events: [proof],
    };
    return this.#proceed(proved, at);
  }

  async #answerChangePassword(
    record: SignInRecord,
    fields: Fields,
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    const { person } = record;
    if (person === null) return this.#fail(record, 'step_out_of_order', at);
    // The page may be from before there was a second factor.
    const now = await this.#proceed({ ...withoutFailure(record), enrolled: null }, at);
    if (now.step.kind !== 'change-password') return now;
    const chosen = fields['new_password'] ?? '';
    const changed =
      chosen === fields['repeat_password']
        ? await this.#deps.changePassword(person, chosen, { clientAddress: at.clientAddress })
        : ({ ok: false, reason: 'passwords_differ' } as const);
    if (!changed.ok) {
      return endings.has(changed.reason)
        ? this.#fail(record, changed.reason, at)
        : this.#refuse(record, changed.reason, at, 'password', person.id);
    }
    const next = { ...withoutFailure(record), person: changed.person, mustChangePassword: false };
    return this.#proceed(next, at);
  }

  async #answerFactor(
    record: SignInRecord,
    step: Extract<SignInRecord['step'], { kind: 'factor' | 'enrol' }>,
    fields: Fields,
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    const { person } = record;
    const factor = this.#factor(step.factor);
    if (person === null) return this.#fail(record, 'step_out_of_order', at);
    const verdict = await this.#verify(record, person, factor, step, fields, at);
    return this.#settle(record, person, factor, verdict, at);
  }

  /** The record itself when there is nothing new. */
  async #look(record: SignInRecord, at: SignInCircumstances): Promise<SignInRecord> {
    const { person, step, failure } = record;
    if (person === null || failure !== null) return record;
    if (step.kind === 'enrol') return this.#lookAtEnrolment(record, person, step);
    if (step.kind !== 'factor') return record;
    const factor = this.#factor(step.factor);
    const waiting = factor.elsewhere;
    if (waiting === undefined) return record;
    const context = this.#factorContext(record, person, at);
    const completion = this.#completionBy(record, person, factor, at);
    const onAcceptance = completion === null ? {} : { onAcceptance: completion };
    const verdict = await waiting.look(person, step.prompt.state, { ...context, ...onAcceptance });
    return verdict.kind === 'waiting' ? record : this.#settle(record, person, factor, verdict, at);
  }

  async #lookAtEnrolment(
    record: SignInRecord,
    person: Person,
    step: Extract<SignInRecord['step'], { kind: 'enrol' }>,
  ): Promise<SignInRecord> {
    const { elsewhere } = this.#factor(step.factor).enrolment ?? {};
    const prompt = (await elsewhere?.look(person, step.prompt)) ?? step.prompt;
    return prompt === step.prompt ? record : { ...record, step: { ...step, prompt } };
  }

  /** What can be looked at or watched while the page waits; `null` when the next move is the person's, on the page. */
  waitsElsewhere({ step, failure }: SignInRecord): Pick<AnsweredElsewhere, 'watch'> | null {
    if (failure !== null || !('factor' in step)) return null;
    const factor = this.#factor(step.factor);
    return (step.kind === 'factor' ? factor : factor.enrolment)?.elsewhere ?? null;
  }

  async #leave({ step, person }: SignInRecord): Promise<void> {
    if (step.kind === 'factor') {
      await this.#factor(step.factor).elsewhere?.leave(step.prompt.state);
    }
    if (step.kind === 'enrol' && person !== null) {
      await this.#factor(step.factor).enrolment?.elsewhere?.leave(person, step.prompt.state);
    }
  }

  async #settle(
    record: SignInRecord,
    person: Person,
    factor: Factor,
    verdict: FactorVerdict,
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    this.#deps.countAttempt(factor.name, verdict.kind);
    if (verdict.kind === 'refused') {
      const declined = verdict.declined === true && handsBack(record);
      if (verdict.gone === true) return this.#withoutFactor(record, person, factor, verdict, at);
      // Locked codes end the sign-in, but for somebody who sees another way on the page.
      const stays = verdict.reason === 'factor_locked' && hasOtherWay(record, factor);
      return verdict.ends === true || declined || (endings.has(verdict.reason) && !stays)
        ? this.#fail(record, verdict.reason, at)
        : this.#refuse(record, verdict.reason, at, factor.name, person.id);
    }
    const recorded = verdict.recorded === true;
    // Time has passed since the password: whoever was disabled or signed out everywhere does not arrive.
    const current = recorded ? person : await inForce(this.#deps.directory, person);
    if (current === null) return this.#fail(record, 'session_ended', at);
    const events = [...record.events, verdict.event];
    return this.#proceed({ ...withoutFailure(record), person: current, events }, at, { recorded });
  }

  /** What was asked for was taken away meanwhile: goes on as a new sign-in would, and tells why. */
  async #withoutFactor(
    record: SignInRecord,
    person: Person,
    { name }: Factor,
    verdict: { reason: FailureReason },
    at: SignInCircumstances,
  ): Promise<SignInRecord> {
    const current = await inForce(this.#deps.directory, person);
    if (current === null) return this.#fail(record, 'session_ended', at);
    const anew = { ...withoutFailure(record), person: current, enrolled: null };
    const next = await this.#proceed(anew, at);
    if (next.step.kind === 'ended') return next;
    const barred = await whyOutOfUse(this.#deps.factors, current);
    const refused = await this.#refuse(next, barred ?? verdict.reason, at, name, person.id);
    // A page that asks another phone has to show its number.
    return barred === null || this.waitsElsewhere(next) !== null ? next : refused;
  }

  async #verify(
    record: SignInRecord,
    person: Person,
    factor: Factor,
    step: Extract<SignInRecord['step'], { kind: 'factor' | 'enrol' }>,
    fields: Fields,
    at: SignInCircumstances,
  ): Promise<FactorVerdict> {
    const context = this.#factorContext(record, person, at);
    const { state } = step.prompt;
    if (step.kind === 'enrol') {
      return this.#firstEnrolment.complete(person, factor, state, fields, context);
    }
    const completion = this.#completionBy(record, person, factor, at);
    const onAcceptance = completion === null ? {} : { onAcceptance: completion };
    return factor.answer(person, state, fields, { ...context, ...onAcceptance });
  }

  #factorContext(record: SignInRecord, person: Person, at: SignInCircumstances): FactorContext {
    const { clientAddress, userAgent, knownBrowserOf } = at;
    const { relyingParty } = record.request;
    const service = this.#deps.relyingParties.byId(relyingParty)?.name ?? '';
    const knownBrowser = knownBrowserOf.includes(person.id);
    const signIn = { id: record.id, service, userAgent, knownBrowser };
    return { clientAddress, relyingParty, signIn };
  }

  /** The row that tells the end of this sign-in, when the factor's acceptance is all that is missing. */
  #completionBy(
    record: SignInRecord,
    person: Person,
    factor: Factor,
    at: SignInCircumstances,
  ): NonNullable<FactorContext['onAcceptance']> | null {
    const { name, category } = factor;
    const proof = { factor: name, category, amr: name, at: this.#deps.clock.now() };
    const accepted = { ...record, events: [...record.events, proof] };
    const judged = this.#judge(accepted, person, at, null);
    if (judged === null || judged.next.step !== 'complete') return null;
    const { countable, decision } = judged;
    return (credential) => {
      const told = countable.map((one) => (one === proof ? { ...one, credential } : one));
      return completedEvent(accepted, person, told, decision.rule, at);
    };
  }

  async #lookUpFactors(
    person: Person,
    decision: PolicyDecision,
  ): Promise<{ enrolled: EnrolledFactor[]; outOfUse: FailureReason | null }> {
    const { factors, enrolledAmong } = this.#deps;
    const found = await enrolledFactors(factors, person, enrolledAmong);
    const allowed = decision.allowed ? decision.allowedFactors : [];
    const enrolled = found.map((entry) =>
      allowed === null || allowed.includes(entry.factor)
        ? entry
        : ({ ...entry, offered: false } as const),
    );
    return { enrolled, outOfUse: found.length > 0 ? null : await whyOutOfUse(factors, person) };
  }

  /** Does what `nextStep` says, until the person has to do something or the sign-in has ended. */
  async #proceed(
    record: SignInRecord,
    at: SignInCircumstances,
    given: { chosen?: string; recorded?: boolean } = {},
  ): Promise<SignInRecord> {
    const { person } = record;
    if (person === null) return { ...record, step: { kind: 'password' } };
    const judged = this.#judge(record, person, at, given.chosen ?? null);
    if (judged === null) return this.#fail(record, 'unknown_relying_party', at);
    const { next, decision } = judged;
    switch (next.step) {
      case 'password':
      case 'change-password':
      case 'choose-factor':
        return { ...record, step: { kind: next.step } };
      case 'look-up-factors': {
        const looked = await this.#lookUpFactors(person, decision);
        return this.#proceed({ ...record, ...looked }, at, given);
      }
      case 'factor': {
        const context = this.#factorContext(record, person, at);
        const prompt = await this.#factor(next.factor).begin(person, [], context);
        return { ...record, step: { kind: 'factor', factor: next.factor, prompt } };
      }
      case 'enrol': {
        const { factor, others } = next;
        const { enrolment } = this.#factor(factor);
        const context = this.#factorContext(record, person, at);
        const prompt = await enrolment?.begin(person, this.#deps.organisation, context);
        if (prompt === undefined) return this.#fail(record, 'no_factor_enrolled', at);
        return { ...record, step: { kind: 'enrol', factor, prompt, others } };
      }
      case 'fail':
        return this.#fail(record, next.reason, at, decision.rule);
      case 'complete':
        return this.#complete(record, person, judged, at, given.recorded === true);
    }
  }

  async #complete(
    record: SignInRecord,
    person: Person,
    { countable, decision: { rule } }: Judgement,
    at: SignInCircumstances,
    recorded: boolean,
  ): Promise<SignInRecord> {
    if (!recorded) {
      await this.#deps.audit.record(completedEvent(record, person, countable, rule, at));
    }
    const result = {
      outcome: 'completed',
      person,
      issuer: 'default',
      events: countable,
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
    factor: string | null,
    person: PersonId | null,
  ): Promise<SignInRecord> {
    const event = failedEvent(record, reason, at, { person, data: { factor } });
    return { ...record, failure: { reason, reference: await this.#deps.audit.record(event) } };
  }

  /** The sign-in ends here. */
  async #fail(
    record: SignInRecord,
    reason: FailureReason,
    at: SignInCircumstances,
    rule: string | null = null,
  ): Promise<SignInRecord> {
    const person = record.person?.id ?? null;
    const event = failedEvent(record, reason, at, { person, data: { ended: true, rule } });
    const reference = await this.#deps.audit.record(event);
    return { ...record, step: { kind: 'ended', result: { outcome: 'failed', reason, reference } } };
  }

  #judge(
    record: SignInRecord,
    person: Person,
    at: SignInCircumstances,
    chosen: string | null,
  ): Judgement | null {
    const { factors, enrolmentAtSignIn, clock } = this.#deps;
    const mayEnrol = enrolmentAtSignIn && record.request.enrolment !== 'refused';
    const enrollable = factors
      .filter((factor) => mayEnrol && factor.enrolment !== undefined)
      .map(({ name, category, enrolment }) => {
        const first = enrolment?.askedFirst === true ? ({ askedFirst: true } as const) : {};
        return { factor: name, category, ...first };
      });
    const { clientAddress, lastFactor: remembered = null } = at;
    const facts = { clientAddress, now: clock.now(), chosen, remembered, enrollable };
    return judgeSignIn(record, person, this.#deps, facts);
  }

  #factor(name: string): Factor {
    const factor = this.#deps.factors.find((candidate) => candidate.name === name);
    if (factor === undefined) throw new Error(`factor ${name} is not registered`);
    return factor;
  }
}

/** Refusals after which the sign-in cannot go on. */
const endings: ReadonlySet<FailureReason> = new Set([
  'factor_locked',
  'enrolment_expired',
  'session_ended',
]);

/** Fallbacks are offered unseen, so that whether one is there cannot be told from going on. */
const hasOtherWay = ({ enrolled }: SignInRecord, { name }: Factor): boolean =>
  (enrolled ?? []).some(
    ({ factor, use, offered }) => factor !== name && use === 'ordinary' && offered !== false,
  );

function withoutFailure(record: SignInRecord): SignInRecord {
  return { ...record, failure: null };
}
