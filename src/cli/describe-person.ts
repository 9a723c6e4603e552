import type { PersonStanding } from '../directory/local/person-standing.js';
import type { Person } from '../directory/person.js';
import type { Lock } from '../factors/attempts/lockout.js';
import type { SecondFactorOverview } from '../factors/second-factors.js';
import type { LinkedAccount } from '../protocols/external-mfa/external-accounts.js';
import { printable, printableTime } from './printable.js';

/** How a person stands, a line for each thing. No secret is in it. */
export function describePerson(
  person: Person,
  standing: PersonStanding,
  has: { factors: SecondFactorOverview; accounts: readonly LinkedAccount[] },
  now: number,
): string[] {
  const { apps, phones, recoveryCodes } = has.factors;
  const { disabledAt } = standing;
  const rows: [string, string][] = [
    ['Person', `${person.username} (${person.name})`],
    ['Id', person.id],
    ['Signs in as', standing.aliases.join(', ')],
    ['Mail', person.mail ?? 'none'],
    ['Groups', person.groups.join(', ') || 'none'],
    ['Account', disabledAt === null ? 'enabled' : `DISABLED since ${printableTime(disabledAt)}`],
    ...describePassword(standing).map((text): [string, string] => ['Password', text]),
    ...apps.map(({ label, kind, createdAt, lastUsedAt, lock }): [string, string] => [
      'Second factor',
      `${label}${kind === 'hotp' ? ' (counts presses)' : ''}, since ${printableTime(createdAt)}, ` +
        `${lastUse(lastUsedAt)}${describeLock(lock, now)}`,
    ]),
    ...phones.map((phone): [string, string] => [
      'Phone',
      `${phone.name} (${phone.id}), since ${printableTime(phone.activatedAt ?? phone.createdAt)}, ` +
        `${lastUse(phone.lastUsedAt)}${phone.lockedAt === null ? '' : ', LOCKED until activated anew'}`,
    ]),
    ...(apps.length + phones.length === 0 ? [['Second factor', 'none'] as [string, string]] : []),
    [
      'Recovery codes',
      recoveryCodes === null
        ? 'none'
        : `${recoveryCodes.remaining} of ${recoveryCodes.total} left, ` +
          `${lastUse(recoveryCodes.lastUsedAt)}${describeLock(recoveryCodes.lock, now)}`,
    ],
    ...has.accounts.map(({ tenant, objectId, linkedAt }): [string, string] => [
      'Entra account',
      `${objectId} of tenant ${tenant}, linked since ${printableTime(linkedAt)}`,
    ]),
  ];
  return rows.map(([label, text]) => printable(`${label.padEnd(14)} ${text}`));
}

function describePassword(standing: PersonStanding): string[] {
  const { hasPassword, passwordChangedAt, changeDemandedAt, wrongInAll } = standing;
  const { lockedUntil, knownBrowserLockedUntil, lockedForGood } = standing;
  if (!hasPassword) return ['not set yet'];
  const since = passwordChangedAt === null ? '' : ` on ${printableTime(passwordChangedAt)}`;
  const lines = [`set${since}`];
  if (changeDemandedAt !== null) {
    lines.push(`to be changed at the next sign-in, since ${printableTime(changeDemandedAt)}`);
  }
  if (lockedForGood) lines.push('LOCKED until person unlock');
  if (lockedUntil !== null) lines.push(`LOCKED until ${printableTime(lockedUntil)}`);
  if (knownBrowserLockedUntil !== null) {
    lines.push(`LOCKED in their own browsers until ${printableTime(knownBrowserLockedUntil)}`);
  }
  if (wrongInAll > 0) lines.push(`${wrongInAll} wrong in a row`);
  return lines;
}

const lastUse = (at: number | null): string =>
  at === null ? 'never used' : `last used ${printableTime(at)}`;

function describeLock(lock: Lock | null, now: number): string {
  if (lock?.forGood) return ', LOCKED until person unlock';
  return lock !== null && lock.until > now ? `, LOCKED until ${printableTime(lock.until)}` : '';
}
