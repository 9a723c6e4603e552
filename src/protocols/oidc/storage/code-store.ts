import { codeRedeemed, codeReused } from '../../../audit/events/token-events.js';
import { createHash } from 'node:crypto';
import { errors, type AdapterPayload } from 'oidc-provider';
import type { AuditLog } from '../../../audit/audit-log.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import type { Clock } from '../../../kernel/clock.js';
import { circumstancesOfRequest, requestScope } from '../request-scope.js';
import type { ModelStore } from './adapter.js';
import type { GrantStore } from './grant-store.js';

/**
 * Authorization codes: short-lived like other artefacts, but redeeming one is a durable, atomic entry in SQL, which a
 * failover of the ephemeral store cannot take back. A second redemption ends the grant (RFC 6749, 4.1.2).
 */
export function createCodeStore(deps: {
  /** What kind of code it is, so that ids never meet. */
  namespace: 'oidc-code' | 'oidc-device-code';
  artefacts: ModelStore;
  database: SqlDatabase;
  grants: GrantStore;
  audit: AuditLog;
  clock: Clock;
}): ModelStore {
  const spend = async (
    id: string,
    payload: Pick<AdapterPayload, 'exp' | 'clientId' | 'accountId'>,
  ) =>
    deps.audit.recordWithChange(
      (db) =>
        db
          .insertInto('consumed')
          .values({
            namespace: deps.namespace,
            id_hash: hashOf(id),
            expires_at: (payload.exp ?? 0) * 1000,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id_hash'),
      codeRedeemed(circumstancesOfRequest(payload.accountId), payload.clientId ?? null),
    );
  const unspend = async (id: string): Promise<void> => {
    await deps.database.db
      .deleteFrom('consumed')
      .where('namespace', '=', deps.namespace)
      .where('id_hash', '=', hashOf(id))
      .execute();
  };
  const seen = new WeakMap<object, Map<string, AdapterPayload>>();
  const remember = (id: string, payload: AdapterPayload) => {
    const scope = requestScope();
    const known = seen.get(scope) ?? new Map<string, AdapterPayload>();
    seen.set(scope, known.set(id, payload));
  };
  return {
    ...deps.artefacts,
    async find(id) {
      const payload = await deps.artefacts.find?.(id);
      if (payload === undefined) return undefined;
      remember(id, payload);
      const client = requestScope().ctx?.oidc.client;
      if (client !== undefined && client.clientId !== payload.clientId) {
        // A code that came into other hands is burned, whoever shows it.
        await spend(id, payload);
        return undefined;
      }
      return payload;
    },
    async upsert(id, payload, expiresInSeconds) {
      if (payload.scope?.split(' ').includes('offline_access') === true) {
        requestScope().offline.add(payload.clientId ?? '');
      }
      await deps.artefacts.upsert?.(id, payload, expiresInSeconds);
    },
    async consume(id) {
      const payload = seen.get(requestScope())?.get(id) ?? {};
      if ((await spend(id, payload)) !== null) {
        requestScope().undo.push(() => unspend(id));
        return;
      }
      requestScope().refusalTold = true;
      await deps.audit.record(codeReused(circumstancesOfRequest(payload.accountId)));
      if (payload.grantId !== undefined)
        await deps.grants.revoke(payload.grantId, deps.clock.now());
      throw new errors.InvalidGrant('authorization code already consumed');
    },
  };
}

const hashOf = (id: string) => createHash('sha256').update(id).digest('base64url');
