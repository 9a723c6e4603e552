import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { errors } from 'oidc-provider';
import type { Clock } from '../../../kernel/clock.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import { consumeOnce } from '../../../storage/sql/one-time.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import { requestScope } from '../request-scope.js';
import type { ModelStore } from './adapter.js';

/**
 * Ids of proofs and assertions that have been shown. The library asks whether an id is known and writes it down
 * afterwards; between the two another node could do the same. So asking already claims the id, in one atomic step, and
 * writing it down has nothing left to do. What a client proves itself with is claimed in SQL, which no failover takes
 * back; a DPoP proof, which is good for seconds and for one key, in the ephemeral store.
 */
export function createReplayStore(deps: {
  store: EphemeralStore;
  database: SqlDatabase;
  clock: Clock;
}): ModelStore {
  return {
    async find(id) {
      if (id === idOfAssertion()) {
        const until = deps.clock.now() + CLAIMED_FOR_MS;
        if (await consumeOnce(deps.database.db, 'oidc-client-assertion', id, until))
          return undefined;
        throw new errors.InvalidClientAuth('client assertions are good for one use');
      }
      if (await claimProof(deps.store, id)) return undefined;
      throw new errors.InvalidDpopProof('DPoP proofs are good for one use');
    },
    upsert: () => Promise.resolve(),
  };
}

/** `false` when the proof has been shown before, on whichever process. */
export function claimProof(store: EphemeralStore, id: string): Promise<boolean> {
  const key = `oidc:replay:${id}`;
  return store.commit(
    [{ kind: 'set', key, value: '1', ttlMs: CLAIMED_FOR_MS }],
    [{ key, expected: null }],
  );
}

/** Under which id the library will ask for the client assertion of this request. */
function idOfAssertion(): string | null {
  const assertion: unknown = requestScope().ctx?.oidc.params?.['client_assertion'];
  if (typeof assertion !== 'string') return null;
  const { iss, jti } = decodeJwt(assertion);
  return createHash('sha256').update(`${iss}${jti}`).digest('base64url');
}

/** Longer than any proof or assertion is accepted. */
const CLAIMED_FOR_MS = 15 * 60_000;
