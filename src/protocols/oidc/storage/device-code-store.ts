import { createHash } from 'node:crypto';
import { errors } from 'oidc-provider';
import type { AuditLog } from '../../../audit/audit-log.js';
import type { Clock } from '../../../kernel/clock.js';
import type { Sealer } from '../../../keys/sealer.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import { requestScope } from '../request-scope.js';
import type { ModelStore } from './adapter.js';
import { createArtefactStore } from './artefact-store.js';
import { createCodeStore } from './code-store.js';
import type { GrantStore } from './grant-store.js';

/**
 * Device codes (RFC 8628), found by themselves or by what the person types. Redeemed once like other codes; answered
 * once, because an answer is kept only if nobody was faster; asked about no more often than agreed.
 */
export function createDeviceCodeStore(deps: {
  store: EphemeralStore;
  sealer: Sealer;
  database: SqlDatabase;
  grants: GrantStore;
  audit: AuditLog;
  clock: Clock;
}): ModelStore {
  const { store, sealer } = deps;
  const artefacts = createArtefactStore('device-code', deps, { compareAndSet: true });
  const codes = createCodeStore({ ...deps, namespace: 'oidc-device-code', artefacts });
  return {
    ...codes,
    async find(id) {
      if (requestScope().ctx?.oidc.route === 'token') await assertPatience(store, id);
      return codes.find?.(id);
    },
    async findByUserCode(userCode) {
      const key = keyOfUserCode(userCode);
      const [sealed] = await store.read([key]);
      if (!sealed) return undefined;
      return artefacts.find?.(sealer.open(sealed, key).toString());
    },
    async upsert(id, payload, expiresInSeconds) {
      // A code stays good for another try until somebody has answered it: a page may be closed half-way.
      const { inFlight: _inFlight, ...kept } = payload;
      await codes.upsert?.(id, kept, expiresInSeconds);
      const answered = payload.accountId !== undefined || payload.error !== undefined;
      const key = keyOfUserCode(payload.userCode ?? '');
      if (answered) requestScope().writes.push({ kind: 'delete', key });
      else {
        const value = sealer.seal(Buffer.from(id), key);
        const ttlMs = expiresInSeconds * 1000;
        requestScope().writes.push({ kind: 'set', key, value, ttlMs, forAnybody: true });
      }
    },
  };
}

/** @throws SlowDown when the device asks again before its interval is over (RFC 8628, 3.5) */
async function assertPatience(store: EphemeralStore, id: string): Promise<void> {
  const key = `oidc:device-poll:${hashOf(id)}`;
  const patient = await store.commit(
    [{ kind: 'set', key, value: '1', ttlMs: INTERVAL_MS }],
    [{ key, expected: null }],
  );
  if (!patient) throw new errors.SlowDown();
}

/** Devices wait 5 s (RFC 8628, 3.2, where nothing else is said); a network may bring two questions a little closer. */
const INTERVAL_MS = 4_000;

const hashOf = (id: string) => createHash('sha256').update(id).digest('base64url');
const keyOfUserCode = (userCode: string) => `oidc:user-code:${hashOf(userCode)}`;
