import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { errors } from 'oidc-provider';
import type { Clock } from '../../../kernel/clock.js';
import { consumeOnce } from '../../../storage/sql/one-time.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import { requestScope } from '../request-scope.js';
import type { ModelStore } from './adapter.js';

/**
 * Pushed authorization requests (RFC 9126). One may be opened as often as its page is reloaded, by its own client, until
 * it is answered; being answered is a durable, atomic entry in SQL. Kept longer than it is valid, so that a request
 * that was opened in time and answered late is still known as answered.
 */
export function createPushedRequestStore(deps: {
  artefacts: ModelStore;
  database: SqlDatabase;
  clock: Clock;
}): ModelStore {
  const { db } = deps.database;
  const isConsumed = async (id: string): Promise<boolean> => {
    const row = await db
      .selectFrom('consumed')
      .where('namespace', '=', NAMESPACE)
      .where('id_hash', '=', hashOf(id))
      .select('id_hash')
      .executeTakeFirst();
    return row !== undefined;
  };
  return {
    async find(id) {
      const [payload, consumed] = await Promise.all([deps.artefacts.find?.(id), isConsumed(id)]);
      const client = requestScope().ctx?.oidc.client?.clientId;
      const owner = payload === undefined ? undefined : ownerOf(String(payload['request']));
      if (payload === undefined || owner !== client) return undefined;
      const opens = requestScope().ctx?.oidc.route === 'authorization';
      if (opens && Number(payload['validUntil']) <= deps.clock.now()) return undefined;
      return consumed ? { ...payload, consumed: true } : payload;
    },
    async upsert(id, payload, expiresInSeconds) {
      const validUntil = deps.clock.now() + expiresInSeconds * 1000;
      const kept = { ...payload, validUntil };
      await deps.artefacts.upsert?.(id, kept, expiresInSeconds + ANSWERED_WITHIN_SECONDS);
    },
    async consume(id) {
      const until = deps.clock.now() + 2 * ANSWERED_WITHIN_SECONDS * 1000;
      if (await consumeOnce(db, NAMESPACE, hashOf(id), until)) return;
      throw new errors.InvalidRequestUri('request_uri has been answered already');
    },
  };
}

/** The client that pushed the request, as the library wrote it down. */
function ownerOf(request: string): string | undefined {
  return decodeJwt(request).iss;
}

const NAMESPACE = 'oidc-pushed-request';
/** The sign-in and a consent question after it, each at its longest. */
const ANSWERED_WITHIN_SECONDS = 30 * 60;

const hashOf = (id: string) => createHash('sha256').update(id).digest('base64url');
