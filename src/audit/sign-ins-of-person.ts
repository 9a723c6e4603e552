import type { Queryable } from '../storage/sql/sql-database.js';
import type { AuditReference } from './audit-log.js';
import type { FailureReason } from './failure-reasons.js';

/** How one sign-in of a person went, as a row of it tells. */
export interface ToldSignIn {
  /** Of that row. */
  reference: AuditReference;
  /** Milliseconds since the epoch. */
  at: number;
  relyingParty: string | null;
  clientAddress: string | null;
  /** Words for the browser; `null` where none were written down. */
  browser: string | null;
  /** The factors that were proved; of a refused one, the factor that failed. */
  factors: readonly ToldFactor[];
  /** `null`: it was completed. */
  refused: FailureReason | null;
}

export interface ToldFactor {
  factor: string;
  /** `null` where none was written down. */
  credential: string | null;
}

/**
 * Refusals that somebody met who had the password: wrong passwords are not among them, because anybody can type those and
 * push out of the list what matters.
 */
const telling = [
  'wrong_code',
  'code_already_used',
  'wrong_recovery_code',
  'factor_locked',
  'factor_locked_for_good',
  'push_denied',
  'push_not_me',
  'push_expired',
  'push_wrong_number',
  'push_locked',
  'push_over_budget',
  'push_busy',
  'push_silenced',
] as const satisfies readonly FailureReason[];

const KEPT_IN_VIEW_MS = 30 * 24 * 3_600_000;
/** Of each of the two. A sign-in has a row for each wrong answer. */
const ROWS_READ = 100;

/**
 * A person's sign-ins of the last thirty days, newest first, by the index on person and time. So that nobody can push out of
 * the list a sign-in that got through, refusals are counted apart, and those of one service and address are told once, by the last.
 * @param most of those that were completed, and of refusals
 */
export async function signInsOfPerson(
  db: Queryable,
  person: string,
  { now, most }: { now: number; most: number },
): Promise<ToldSignIn[]> {
  const newest = rowsOf(db, person, now).orderBy('at', 'desc').limit(ROWS_READ);
  const [completed, refused] = await Promise.all([
    newest.where('reason', 'is', null).execute(),
    newest.where('reason', 'in', telling).execute(),
  ]);
  const arrived = new Set(completed.map(signInOf));
  const places = new Map<string, Row>();
  for (const row of refused) {
    // Whoever mistyped and then got through is told of once.
    if (arrived.has(signInOf(row))) continue;
    const place = JSON.stringify([row.relying_party, row.client_address]);
    if (!places.has(place)) places.set(place, row);
  }
  return [...completed.slice(0, most), ...[...places.values()].slice(0, most)]
    .sort((one, other) => other.at - one.at)
    .map(toldOf);
}

/** By any row of it, as far as the list could ever have shown it; `null`: there is none, or it is somebody else's. */
export async function signInByRow(
  db: Queryable,
  person: string,
  { now, reference }: { now: number; reference: string },
): Promise<ToldSignIn | null> {
  const row = await rowsOf(db, person, now).where('reference', '=', reference).executeTakeFirst();
  return row === undefined ? null : toldOf(row);
}

function rowsOf(db: Queryable, person: string, now: number) {
  return db
    .selectFrom('audit_events')
    .select(['reference', 'at', 'relying_party', 'reason', 'client_address', 'data'])
    .where('person_id', '=', person)
    .where('at', '>', now - KEPT_IN_VIEW_MS)
    .where('kind', 'in', ['sign_in.completed', 'sign_in.failed'])
    .where((where) => where.or([where('reason', 'is', null), where('reason', 'in', telling)]));
}

type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>['execute']>>[number];

function signInOf(row: Row): string {
  const { sign_in: id } = readData(row.data);
  return typeof id === 'string' ? id : row.reference;
}

function toldOf(row: Row): ToldSignIn {
  const { factor, factors, browser } = readData(row.data);
  return {
    reference: row.reference as AuditReference,
    at: row.at,
    relyingParty: row.relying_party,
    clientAddress: row.client_address,
    browser: typeof browser === 'string' && browser !== '' ? browser : null,
    factors: typeof factor === 'string' ? [{ factor, credential: null }] : provedIn(factors),
    refused: row.reason as FailureReason | null,
  };
}

function readData(text: string): Record<string, unknown> {
  const data: unknown = JSON.parse(text);
  return typeof data === 'object' && data !== null ? { ...data } : {};
}

function provedIn(factors: unknown): ToldFactor[] {
  const list: unknown[] = Array.isArray(factors) ? factors : [];
  const proved = list.flatMap((one): [string, ToldFactor][] => {
    const { factor, credential } = (one ?? {}) as { factor?: unknown; credential?: unknown };
    const known = typeof credential === 'string' ? credential : null;
    return typeof factor === 'string'
      ? [[`${factor} ${known}`, { factor, credential: known }]]
      : [];
  });
  return [...new Map(proved).values()];
}
