import { failureReasons } from '../audit/failure-reasons.js';
import type { PersonStanding } from '../directory/local/person-standing.js';
import type { Person } from '../directory/person.js';
import type { Profile } from '../devices/profile.js';
import type { Lock } from '../factors/attempts/lockout.js';
import type { SecondFactorOverview } from '../factors/second-factors.js';
import type { AuditEventsTable } from '../storage/sql/tables.js';

/** Times as RFC 3339 has them, in UTC. */
export const timeOf = (at: number): string => new Date(at).toISOString();
const timeOrNull = (at: number | null): string | null => (at === null ? null : timeOf(at));

/** A phone, or another device with the app, as far as the help desk has to know it. */
export const deviceAnswer = (profile: Profile) => ({
  id: profile.id,
  name: profile.name,
  activated_at: timeOrNull(profile.activatedAt),
  last_used_at: timeOrNull(profile.lastUsedAt),
  last_contact_at: timeOrNull(profile.lastSeenAt),
  locked: profile.lockedAt !== null,
  offline_codes: profile.codeCredential !== null,
  push: profile.hasSubscription,
});

/** How somebody stands. No secret is in it, nor what else is known of them. */
export function personAnswer(
  person: Person,
  standing: PersonStanding,
  factors: SecondFactorOverview,
  events: readonly AuditEventsTable[],
  now: number,
) {
  const { apps, phones, recoveryCodes } = factors;
  return {
    username: person.username,
    name: person.name,
    has_mail: person.mail !== null,
    enabled: standing.disabledAt === null,
    disabled_at: timeOrNull(standing.disabledAt),
    password: {
      set: standing.hasPassword,
      changed_at: timeOrNull(standing.passwordChangedAt),
      change_demanded: standing.changeDemandedAt !== null,
      locked_until: timeOrNull(standing.lockedUntil),
      locked_in_known_browsers_until: timeOrNull(standing.knownBrowserLockedUntil),
      locked_for_good: standing.lockedForGood,
    },
    authenticator_apps: apps.map(({ label, createdAt, lastUsedAt, lock }) => ({
      name: label,
      added_at: timeOf(createdAt),
      last_used_at: timeOrNull(lastUsedAt),
      ...lockAnswer(lock, now),
    })),
    recovery_codes: recoveryCodes && {
      left: recoveryCodes.remaining,
      of: recoveryCodes.total,
      last_used_at: timeOrNull(recoveryCodes.lastUsedAt),
      ...lockAnswer(recoveryCodes.lock, now),
    },
    devices: phones.map(deviceAnswer),
    recent_events: events.map(eventAnswer),
  };
}

const lockAnswer = (lock: Lock | null, now: number) => ({
  locked_until: lock !== null && lock.until > now ? timeOf(lock.until) : null,
  locked_for_good: lock?.forGood === true,
});

const eventAnswer = (row: AuditEventsTable) => ({
  at: timeOf(row.at),
  event: row.kind,
  service: row.relying_party,
  address: row.client_address,
  reason: row.reason,
  code: codeOf(row.reason),
  reference: row.reference,
});

/** A row of another version may have a reason that this one does not know. */
function codeOf(reason: string | null): string | null {
  if (reason === null || !Object.hasOwn(failureReasons, reason)) return null;
  return failureReasons[reason as keyof typeof failureReasons].code;
}
