import type { Adapter, AdapterPayload } from 'oidc-provider';
import { noteUnavailable } from '../request-scope.js';

/** What one kind of the library's models is kept in. Kinds that cannot do a thing do not have its method. */
export interface ModelStore {
  find?(id: string): Promise<AdapterPayload | undefined>;
  findByUid?(uid: string): Promise<AdapterPayload | undefined>;
  findByUserCode?(userCode: string): Promise<AdapterPayload | undefined>;
  upsert?(id: string, payload: AdapterPayload, expiresInSeconds: number): Promise<void>;
  consume?(id: string): Promise<void>;
  destroy?(id: string): Promise<void>;
  revokeByGrantId?(grantId: string): Promise<void>;
}

/** Gives the library one adapter per kind of model; a kind without a store is a programming error and fails. */
export function adapterFactory(stores: Readonly<Record<string, ModelStore>>) {
  return (kind: string): Adapter => {
    const store = stores[kind] ?? {};
    const missing = (method: string) => new Error(`${kind} has no ${method}`);
    return {
      find: (id) => noted(async () => store.find?.(id)),
      findByUid: (uid) => noted(async () => store.findByUid?.(uid)),
      findByUserCode: (userCode) => noted(async () => store.findByUserCode?.(userCode)),
      upsert: (id, payload, expiresIn = 0) =>
        noted(async () => {
          if (store.upsert === undefined) throw missing('upsert');
          await store.upsert(id, payload, expiresIn);
        }),
      consume: (id) =>
        noted(async () => {
          if (store.consume === undefined) throw missing('consume');
          await store.consume(id);
        }),
      destroy: (id) => noted(async () => store.destroy?.(id)),
      revokeByGrantId: (grantId) => noted(async () => store.revokeByGrantId?.(grantId)),
    };
  };
}

/** The library turns every failure into an answer of its own; a dependency that is down must become a 503. */
async function noted<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    noteUnavailable(error);
    throw error;
  }
}
