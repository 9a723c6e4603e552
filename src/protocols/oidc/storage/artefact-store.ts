import { createHash } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import type { Sealer } from '../../../keys/sealer.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import { currentScope, requestScope } from '../request-scope.js';
import type { ModelStore } from './adapter.js';

/**
 * Codes, access tokens and the like: kept under the hash of their value and sealed, so that whoever reads the store
 * gets no usable token and whoever writes to it cannot make one. Revoking goes through the grant, which every use
 * looks at, so there is no index from grants to tokens.
 */
export function createArtefactStore(
  kind: string,
  deps: { store: EphemeralStore; sealer: Sealer },
  /** Changes what is kept only if it is still what this request has read, and makes it only if there is none. */
  options: { compareAndSet?: true } = {},
): ModelStore {
  const read = new WeakMap<object, Map<string, string>>();
  const remember = (key: string, sealed: string) => {
    const scope = currentScope();
    if (scope === null) return;
    read.set(scope, (read.get(scope) ?? new Map<string, string>()).set(key, sealed));
  };
  const keyOf = (id: string) =>
    `oidc:${kind}:${createHash('sha256').update(id).digest('base64url')}`;
  return {
    async find(id) {
      const key = keyOf(id);
      const [sealed] = await deps.store.read([key]);
      if (!sealed) return undefined;
      remember(key, sealed);
      try {
        return {
          ...(JSON.parse(deps.sealer.open(sealed, key).toString()) as AdapterPayload),
          jti: id,
        };
      } catch {
        return undefined;
      }
    },
    upsert(id, payload, expiresInSeconds) {
      const key = keyOf(id);
      const { jti: _value, ...kept } = payload;
      const value = deps.sealer.seal(Buffer.from(JSON.stringify(kept)), key);
      const scope = requestScope();
      if (options.compareAndSet === true && !scope.guards.some((guard) => guard.key === key)) {
        const expected = read.get(scope)?.get(key) ?? null;
        scope.guards = [...scope.guards, { key, expected }];
      }
      scope.writes.push({ kind: 'set', key, value, ttlMs: expiresInSeconds * 1000 });
      return Promise.resolve();
    },
    async destroy(id) {
      await deps.store.commit([{ kind: 'delete', key: keyOf(id) }]);
    },
  };
}
