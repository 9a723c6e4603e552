import type { Queryable } from '../storage/sql/sql-database.js';
import type { AuditReference } from './audit-log.js';
import type { FailureReason } from './failure-reasons.js';

/** How one sign-in of a person went, as its last row tells. */
export interface ToldSignIn {
  /** Of that row. */
  reference: AuditReference;
  /** Milliseconds since the epoch. */
  at: number;
  relyingParty: string | null;
  clientAddress: string | null;
  /** Words for the browser; `null` where none were written down. */
  browser: string | null;
  /** Names of the factors that were proved; of a refused one, the factor that failed. */
  factors: readonly string[];
  /** `null`: it was completed. */
  refused: FailureReason | null;
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
/** A sign-in has a row for each wrong answer. */
const ROWS_READ = 100;

/** A person's sign-ins of the last thirty days, newest first, by the index on person and time. One round trip. */
export async function signInsOfPerson(
  db: Queryable,
  person: string,
  { now, most }: { now: number; most: number },
): Promise<ToldSignIn[]> {
  const rows = await db
    .selectFrom('audit_events')
    .select(['reference', 'at', 'relying_party', 'reason', 'client_address', 'data'])
    .where('person_id', '=', person)
    .where('at', '>', now - KEPT_IN_VIEW_MS)
    .where('kind', 'in', ['sign_in.completed', 'sign_in.failed'])
    .where((where) => where.or([where('reason', 'is', null), where('reason', 'in', telling)]))
    .orderBy('at', 'desc')
    .limit(ROWS_READ)
    .execute();
  const last = new Map<string, ToldSignIn>();
  for (const row of rows) {
    const { sign_in: id, factor, factors, browser } = readData(row.data);
    const key = typeof id === 'string' ? id : row.reference;
    if (last.has(key)) continue;
    const named = typeof factor === 'string' ? [factor] : namesOf(factors);
    last.set(key, {
      reference: row.reference as AuditReference,
      at: row.at,
      relyingParty: row.relying_party,
      clientAddress: row.client_address,
      browser: typeof browser === 'string' && browser !== '' ? browser : null,
      factors: named,
      refused: row.reason as FailureReason | null,
    });
  }
  return [...last.values()].slice(0, most);
}

function readData(text: string): Record<string, unknown> {
  const data: unknown = JSON.parse(text);
  return typeof data === 'object' && data !== null ? { ...data } : {};
}

function namesOf(factors: unknown): string[] {
  const list: unknown[] = Array.isArray(factors) ? factors : [];
  const names = list.flatMap((one) => {
    const name = (one as { factor?: unknown } | null)?.factor;
    return typeof name === 'string' ? [name] : [];
  });
  return [...new Set(names)];
}
