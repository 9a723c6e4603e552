import { sql } from 'kysely';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { EphemeralStore } from '../../../src/storage/ephemeral/ephemeral-store.js';
import type { SqlDatabase } from '../../../src/storage/sql/sql-database.js';

/** Makes the tables of `storesAdapter`. */
export async function prepareStores({ db }: SqlDatabase): Promise<void> {
  await sql`create table bare_grants (id text primary key, payload text not null)`.execute(db);
  await sql`create table bare_spent (id text primary key)`.execute(db);
}

/**
 * The library on the stores that Drawbridge uses and nothing more: what must outlive a failover of Redis (grants, which
 * codes were used) is in SQL, the rest in Redis; nothing is sealed, checked or recorded.
 */
export function storesAdapter(
  store: EphemeralStore,
  { db }: SqlDatabase,
): (kind: string) => Adapter {
  return (kind) => {
    const keyOf = (id: string) => `bare:${kind}:${id}`;
    const read = async (key: string): Promise<AdapterPayload | undefined> => {
      const [text] = await store.read([key]);
      return text ? (JSON.parse(text) as AdapterPayload) : undefined;
    };
    const ephemeral: Adapter = {
      find: (id) => read(keyOf(id)),
      findByUserCode: () => Promise.resolve(undefined),
      async findByUid(uid) {
        const [id] = await store.read([keyOf(`uid:${uid}`)]);
        return id ? read(keyOf(id)) : undefined;
      },
      async upsert(id, payload, expiresIn = 60) {
        const ttlMs = expiresIn * 1000;
        const { uid } = payload;
        await store.commit([
          { kind: 'set', key: keyOf(id), value: JSON.stringify(payload), ttlMs },
          ...(uid === undefined
            ? []
            : [{ kind: 'set' as const, key: keyOf(`uid:${uid}`), value: id, ttlMs }]),
        ]);
      },
      async consume(id) {
        const spent = await sql`insert into bare_spent values (${id})
          on conflict do nothing returning id`.execute(db);
        if (spent.rows.length === 0) throw new Error('used before');
      },
      async destroy(id) {
        await store.commit([{ kind: 'delete', key: keyOf(id) }]);
      },
      revokeByGrantId: () => Promise.resolve(),
    };
    if (kind !== 'Grant') return ephemeral;
    return {
      ...ephemeral,
      async find(id) {
        const { rows } = await sql<{
          payload: string;
        }>`select payload from bare_grants where id = ${id}`.execute(db);
        return rows[0] && (JSON.parse(rows[0].payload) as AdapterPayload);
      },
      async upsert(id, payload) {
        const text = JSON.stringify(payload);
        await sql`insert into bare_grants values (${id}, ${text})
          on conflict (id) do update set payload = ${text}`.execute(db);
      },
    };
  };
}
