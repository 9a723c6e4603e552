import { sql } from 'kysely';
import type { AuditLog } from '../../audit/audit-log.js';
import type { FailureReason } from '../../audit/failure-reasons.js';
import type { DeviceReader } from '../../devices/device-store.js';
import { isInForce } from '../../directory/in-force.js';
import type { Person } from '../../directory/person.js';
import type { Clock } from '../../kernel/clock.js';
import { readPrefixedId } from '../../kernel/prefixed-id.js';
import type { FactorEvent } from '../../sessions/factor-event.js';
import type { Signals } from '../../storage/ephemeral/signals.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type {
  Factor,
  FactorContext,
  FactorEnrolment,
  FactorState,
  FactorVerdict,
} from '../factor.js';
import type { Challenge, ChallengeState } from './challenge.js';
import type { ChallengeDesk } from './challenges.js';
import { phoneOutOfUse } from './phone-standing.js';
import { pushFactorName } from './push-factor-name.js';
import { signalTopics } from './signal-topics.js';

export interface PushFactorDeps {
  database: SqlDatabase;
  audit: Pick<AuditLog, 'recordWithChange'>;
  desk: ChallengeDesk;
  devices: Pick<DeviceReader, 'devicesOf' | 'usableProfiles'>;
  signals: Pick<Signals, 'listen'>;
  clock: Clock;
  enrolment: FactorEnrolment;
}

/** The approval on a phone. Proved when the phone's two signatures are in; the page only looks. */
export function createPushFactor(deps: PushFactorDeps): Factor {
  const { database, desk, devices, signals, clock } = deps;

  return {
    name: pushFactorName,
    category: 'possession',
    use: 'ordinary',
    askedFirst: true,
    enrolment: deps.enrolment,

    async enrolments(person) {
      const profiles = await devices.usableProfiles(person.id);
      return profiles.map(({ id, name, activatedAt, createdAt, lastUsedAt }) => {
        return { id, label: name, createdAt: activatedAt ?? createdAt, lastUsedAt };
      });
    },

    hasEnrolment: ({ id }) =>
      sql<boolean>`exists (select 1 from profiles where profiles.person_id = ${id}
        and profiles.activated_at is not null and profiles.locked_at is null
        and profiles.revoked_at is null)`,

    outOfUse: (person) => phoneOutOfUse(database.db, person),

    async begin(person, _enrolments, context) {
      const profiles = await devices.usableProfiles(person.id);
      const opened =
        profiles.length === 0 ? notEnrolled : await desk.open(person, profiles, context);
      if (!opened.ok) {
        const state = { challenge: null, reason: opened.reason, retryAt: opened.retryAt };
        return { state, view: { template: 'factors/push', model: { number: null } } };
      }
      const { id, number, expiresAt } = opened.challenge;
      const model = {
        number,
        expiresAt,
        phones: profiles.map((one) => one.name),
      };
      return { state: { challenge: id }, view: { template: 'factors/push', model } };
    },

    // The page has no field; its buttons are the engine's.
    answer: (person, state, _input, context) => lookOr(deps, person, state, context),

    elsewhere: {
      look: (person, state, context) => look(deps, person, state, context),

      async watch(state, listener) {
        const id = challengeOf(state);
        if (id === null) {
          listener();
          return { stop: () => {} };
        }
        const watching = await signals.listen(signalTopics.challenge(id), listener);
        const challenge = await desk.find(id);
        const over =
          challenge === null || challenge.state.kind !== 'live' || isLockedOut(challenge);
        if (over) listener();
        const left = challenge === null ? 0 : Math.max(0, challenge.expiresAt - clock.now());
        const end = setTimeout(listener, left + EXPIRY_GRACE_MS).unref();
        return {
          stop: () => {
            clearTimeout(end);
            watching.stop();
          },
        };
      },

      async leave(state) {
        const id = challengeOf(state);
        if (id !== null) await desk.withdraw(id);
      },
    },
  };
}

const EXPIRY_GRACE_MS = 200;
const notEnrolled = { ok: false, reason: 'not-enrolled', retryAt: 0 } as const;

/** Nobody is left who could approve it. */
const isLockedOut = ({ profiles, lockedOut }: Challenge): boolean =>
  profiles.every((profile) => lockedOut.includes(profile));

const challengeOf = (state: FactorState) => readPrefixedId('chl', state['challenge']);

async function lookOr(
  deps: PushFactorDeps,
  person: Person,
  state: FactorState,
  context: FactorContext,
): Promise<FactorVerdict> {
  const verdict = await look(deps, person, state, context);
  return verdict.kind === 'waiting' ? { kind: 'refused', reason: 'step_out_of_order' } : verdict;
}

const reasonNotSent: Readonly<Record<string, FailureReason>> = {
  busy: 'push_busy',
  'over-budget': 'push_over_budget',
  silenced: 'push_silenced',
};

/** Why there is nobody to ask. */
async function outOfUse(
  { database }: Pick<PushFactorDeps, 'database'>,
  person: Person,
): Promise<FactorVerdict> {
  const reason = (await phoneOutOfUse(database.db, person)) ?? 'push_removed';
  return { kind: 'refused', reason, gone: true };
}

/** The challenge is over; asking again makes sense only while there is a phone. */
async function overWith(
  deps: Pick<PushFactorDeps, 'database' | 'devices'>,
  person: Person,
  reason: FailureReason,
): Promise<FactorVerdict> {
  const left = await deps.devices.usableProfiles(person.id);
  return left.length === 0 ? outOfUse(deps, person) : { kind: 'refused', reason };
}

async function look(
  deps: PushFactorDeps,
  person: Person,
  state: FactorState,
  context: FactorContext,
): Promise<FactorVerdict | { kind: 'waiting' }> {
  const id = challengeOf(state);
  if (id === null) {
    if (state['reason'] === notEnrolled.reason) return outOfUse(deps, person);
    const reason = reasonNotSent[String(state['reason'])] ?? 'push_over_budget';
    const retryAt = Number(state['retryAt'] ?? 0);
    return { kind: 'refused', reason, ...(retryAt > 0 ? { lockedUntil: retryAt } : {}) };
  }
  const challenge = await deps.desk.find(id);
  const own =
    challenge !== null &&
    challenge.person === person.id &&
    challenge.signIn === (context.signIn?.id ?? '');
  if (!own) return { kind: 'refused', reason: 'push_expired' };
  const { state: answered } = challenge;
  if (answered.kind === 'approved') return take(deps, person, challenge, answered, context);
  if (answered.kind === 'live') {
    if (isLockedOut(challenge)) return overWith(deps, person, 'push_locked');
    const expired = challenge.expiresAt <= deps.clock.now();
    return expired ? { kind: 'refused', reason: 'push_expired' } : { kind: 'waiting' };
  }
  // Another load of the page has it, and moves the sign-in on.
  if (answered.kind === 'used') return { kind: 'waiting' };
  if (answered.kind === 'withdrawn') return overWith(deps, person, 'push_replaced');
  return { kind: 'refused', reason: reasonTurnedDown[answered.kind], ...endsWith(answered) };
}

const reasonTurnedDown = {
  denied: 'push_denied',
  'not-me': 'push_not_me',
  'wrong-number': 'push_wrong_number',
} as const satisfies Partial<Record<ChallengeState['kind'], FailureReason>>;

const endsWith = ({ kind }: ChallengeState): { ends?: true; declined?: true } => {
  if (kind === 'not-me') return { ends: true };
  return kind === 'denied' ? { declined: true } : {};
};

/** Uses the approval up, and in the same statement makes sure that phone and person are in force. */
async function take(
  { desk, database, audit }: PushFactorDeps,
  person: Person,
  challenge: Challenge,
  { profile, at }: Extract<ChallengeState, { kind: 'approved' }>,
  { onAcceptance }: FactorContext,
): Promise<FactorVerdict | { kind: 'waiting' }> {
  if (!(await desk.use(challenge))) return { kind: 'waiting' };
  const change = (db: SqlDatabase['db']) =>
    db
      .updateTable('profiles')
      .set({ last_used_at: at })
      .where('id', '=', profile)
      .where('person_id', '=', person.id)
      .where('revoked_at', 'is', null)
      .where(isInForce(person))
      .returning('id');
  const taken =
    onAcceptance === undefined
      ? ((await change(database.db).executeTakeFirst()) ?? null)
      : await audit.recordWithChange(change, onAcceptance(profile));
  if (taken === null) return { kind: 'refused', reason: 'session_ended' };
  const event: FactorEvent = {
    factor: pushFactorName,
    category: 'possession',
    amr: 'swk',
    at,
    credential: profile,
  };
  return { kind: 'accepted', event, ...(onAcceptance === undefined ? {} : { recorded: true }) };
}
