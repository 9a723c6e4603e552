import type { Clock } from '../kernel/clock.js';
import { takeLease } from '../storage/sql/lease.js';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import type { IssuersTable } from '../storage/sql/tables.js';

/** The issuer at the root; always there once the server has started. */
export const defaultIssuerId = 'default';

/** Somebody in whose name statements are signed. Its keys are in the key store under its id. */
export interface Issuer {
  id: string;
  /** SAML entityID and OIDC issuer. */
  entityId: string;
  /** Mail domains whose people it speaks for, lower case. */
  domains: readonly string[];
  createdAt: number;
}

export type ConfiguredIssuer = Omit<Issuer, 'createdAt'>;

export interface Issuers {
  /**
   * Makes the rows what is configured, and answers with them in the same order. Issuers that are not configured any
   * more are gone; their keys stay and are found again should they come back.
   * @param configured what they are, or how that follows from those there were before
   */
  ensure(configured: readonly ConfiguredIssuer[] | ChosenIssuers): Promise<Issuer[]>;
}

/** Pure. */
export type ChosenIssuers = (before: readonly Issuer[]) => readonly ConfiguredIssuer[];

export function createIssuers(deps: { database: SqlDatabase; clock: Clock }): Issuers {
  const { db } = deps.database;
  return {
    async ensure(configured) {
      const now = deps.clock.now();
      const chosen = (before: readonly Issuer[]) =>
        typeof configured === 'function' ? configured(before) : configured;
      const found = await allIssuers(db);
      const wanted = chosen(found);
      if (isAsConfigured(found, wanted)) return inOrder(found, wanted);
      return deps.database.transaction(async (tx) => {
        // Everybody writes this row first, so that processes that start at once do so one after the other.
        await takeLease(tx, { name: 'issuers', holder: 'issuers', now, ttlMs: 0 });
        const before = await allIssuers(tx);
        const after = chosen(before);
        await replaceIssuers(tx, before, after, now);
        return inOrder(await allIssuers(tx), after);
      });
    },
  };
}

async function allIssuers(db: Queryable): Promise<Issuer[]> {
  const rows = await db.selectFrom('issuers').selectAll().orderBy('created_at').execute();
  return rows.map(issuerOf);
}

/** Removes before it adds, so that an entity id may go from one issuer to another. */
async function replaceIssuers(
  tx: Queryable,
  before: readonly Issuer[],
  configured: readonly ConfiguredIssuer[],
  now: number,
): Promise<void> {
  const stale = before.filter((one) => !configured.some((other) => isSame(one, other)));
  const missing = configured.filter((one) => !before.some((other) => isSame(other, one)));
  for (const { id } of stale) await tx.deleteFrom('issuers').where('id', '=', id).execute();
  for (const { id, entityId, domains } of missing) {
    const createdAt = before.find((one) => one.id === id)?.createdAt ?? now;
    await tx
      .insertInto('issuers')
      .values({
        id,
        entity_id: entityId,
        domains: JSON.stringify(domains),
        created_at: createdAt,
      })
      .execute();
  }
}

const isSame = (one: ConfiguredIssuer, other: ConfiguredIssuer): boolean =>
  one.id === other.id &&
  one.entityId === other.entityId &&
  one.domains.join(' ') === other.domains.join(' ');

const isAsConfigured = (
  issuers: readonly Issuer[],
  configured: readonly ConfiguredIssuer[],
): boolean =>
  issuers.length === configured.length &&
  configured.every((one) => issuers.some((other) => isSame(one, other)));

const inOrder = (issuers: readonly Issuer[], configured: readonly ConfiguredIssuer[]): Issuer[] =>
  configured.flatMap(({ id }) => issuers.find((one) => one.id === id) ?? []);

const issuerOf = (row: IssuersTable): Issuer => ({
  id: row.id,
  entityId: row.entity_id,
  domains: JSON.parse(row.domains) as string[],
  createdAt: row.created_at,
});
