import { createHash } from 'node:crypto';
import { errors, type AdapterPayload } from 'oidc-provider';
import type { AuditLog } from '../../../audit/audit-log.js';
import { refreshTokenReused, refreshTokenRotated } from '../../../audit/events/token-events.js';
import type { Clock } from '../../../kernel/clock.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import { circumstancesOfRequest, requestScope } from '../request-scope.js';
import type { ModelStore } from './adapter.js';
import type { GrantStore } from './grant-store.js';

/**
 * Refresh tokens, durable and by hash. Each is used once: using it writes that down atomically, and a second use
 * ends the whole family by revoking its grant (RFC 9700, 4.14.2).
 */
export function createRefreshTokenStore(deps: {
  database: SqlDatabase;
  grants: GrantStore;
  audit: AuditLog;
  clock: Clock;
}): ModelStore {
  const { db } = deps.database;
  const payloadOf = async (id: string): Promise<AdapterPayload | undefined> => {
    const row = await db
      .selectFrom('oidc_refresh_tokens')
      .where('id_hash', '=', hashOf(id))
      .select(['payload', 'consumed_at'])
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const payload = JSON.parse(row.payload) as AdapterPayload;
    const consumed =
      row.consumed_at === null ? {} : { consumed: Math.floor(row.consumed_at / 1000) };
    return { ...payload, ...consumed, jti: id };
  };
  const remove = async (id: string): Promise<void> => {
    await db.deleteFrom('oidc_refresh_tokens').where('id_hash', '=', hashOf(id)).execute();
  };
  const unconsume = async (id: string, at: number): Promise<void> => {
    await db
      .updateTable('oidc_refresh_tokens')
      .set({ consumed_at: null })
      .where('id_hash', '=', hashOf(id))
      .where('consumed_at', '=', at)
      .execute();
  };
  return {
    async find(id) {
      const payload = await payloadOf(id);
      // The library would refuse a used one by itself, and nobody would be told: `consume` is to find it out.
      if (requestScope().ctx?.oidc.route === 'token') delete payload?.consumed;
      return payload;
    },
    async upsert(id, payload, expiresInSeconds) {
      const now = deps.clock.now();
      const { jti: _value, ...kept } = payload;
      await db
        .insertInto('oidc_refresh_tokens')
        .values({
          id_hash: hashOf(id),
          grant_id: payload.grantId ?? '',
          payload: JSON.stringify(kept),
          created_at: now,
          expires_at: now + expiresInSeconds * 1000,
          consumed_at: null,
        })
        .execute();
      requestScope().undo.push(() => remove(id));
    },
    async consume(id) {
      const at = deps.clock.now();
      const used = await deps.audit.recordWithChange(
        (queryable) =>
          queryable
            .updateTable('oidc_refresh_tokens')
            .set({ consumed_at: at })
            .where('id_hash', '=', hashOf(id))
            .where('consumed_at', 'is', null)
            .returning('grant_id'),
        refreshTokenRotated(circumstancesOfRequest(personOfRequest())),
      );
      if (used !== null) {
        requestScope().undo.push(() => unconsume(id, at));
        return;
      }
      const payload = await payloadOf(id);
      requestScope().refusalTold = true;
      await deps.audit.record(refreshTokenReused(circumstancesOfRequest(payload?.accountId)));
      if (payload?.grantId !== undefined)
        await deps.grants.revoke(payload.grantId, deps.clock.now());
      throw new errors.InvalidGrant('refresh token already used');
    },
    destroy: remove,
    // The grant decides; tokens of a revoked one are dead wherever they are kept.
    revokeByGrantId: () => Promise.resolve(),
  };
}

/** Whose token the library has found; it is found before it is consumed. */
const personOfRequest = () => requestScope().ctx?.oidc.entities.RefreshToken?.accountId;

const hashOf = (id: string) => createHash('sha256').update(id).digest('base64url');
