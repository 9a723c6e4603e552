import type { Clock } from '../kernel/clock.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
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

export interface Issuers {
  /** Creates the default issuer, or renames it when the public URL has changed. */
  ensureDefault(entityId: string): Promise<Issuer>;
  byId(id: string): Promise<Issuer | null>;
  /** The issuer that speaks for a mail domain, compared without case. */
  byDomain(domain: string): Promise<Issuer | null>;
}

export function createIssuers(deps: { database: SqlDatabase; clock: Clock }): Issuers {
  const { db } = deps.database;
  return {
    async ensureDefault(entityId) {
      const row = await db
        .insertInto('issuers')
        .values({
          id: defaultIssuerId,
          entity_id: entityId,
          domains: '[]',
          created_at: deps.clock.now(),
        })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ entity_id: entityId }))
        .returningAll()
        .executeTakeFirstOrThrow();
      return issuerOf(row);
    },

    async byId(id) {
      const row = await db
        .selectFrom('issuers')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? null : issuerOf(row);
    },

    async byDomain(domain) {
      // A handful of rows, and domains are a list within each.
      const rows = await db.selectFrom('issuers').selectAll().orderBy('created_at').execute();
      const wanted = domain.toLowerCase();
      return rows.map(issuerOf).find(({ domains }) => domains.includes(wanted)) ?? null;
    },
  };
}

const issuerOf = (row: IssuersTable): Issuer => ({
  id: row.id,
  entityId: row.entity_id,
  domains: JSON.parse(row.domains) as string[],
  createdAt: row.created_at,
});
