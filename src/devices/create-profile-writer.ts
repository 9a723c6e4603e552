import { createHash } from 'node:crypto';
import { isAsRead } from '../directory/in-force.js';
import type { Person } from '../directory/person.js';
import type { Sealer } from '../keys/sealer.js';
import { sealingContext } from '../keys/sealing-context.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { ProfileWriter, PushSubscription } from './device-store.js';
import type { ProfileId } from './ids.js';

export function createProfileWriter(deps: {
  database: Pick<SqlDatabase, 'db'>;
  sealer: Sealer;
}): ProfileWriter {
  const { sealer } = deps;
  const { db } = deps.database;

  const change = async (id: ProfileId, values: Changed, as?: Person): Promise<boolean> => {
    const changed = await db
      .updateTable('profiles')
      .set(values)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .$if(as !== undefined, (update) => update.where(isAsRead(as!)))
      .returning('id')
      .executeTakeFirst();
    return changed !== undefined;
  };

  return {
    rename: (id, name, as) => change(id, { name }, as),

    setSubscription: (id, subscription) =>
      change(id, {
        push_sealed:
          subscription &&
          sealer.seal(
            Buffer.from(JSON.stringify({ v: 1, ...subscription })),
            sealingContext.pushSubscription(id),
          ),
        push_endpoint_hash: subscription && endpointHash(subscription.endpoint),
      }),

    async dropSubscription(id, endpoint) {
      await db
        .updateTable('profiles')
        .set({ push_sealed: null, push_endpoint_hash: null })
        .where('id', '=', id)
        .where('push_endpoint_hash', '=', endpointHash(endpoint))
        .execute();
    },

    async subscription(id) {
      const row = await db
        .selectFrom('profiles')
        .select('push_sealed')
        .where('id', '=', id)
        .executeTakeFirst();
      const sealed = row?.push_sealed ?? null;
      if (sealed === null) return null;
      const text = sealer.open(sealed, sealingContext.pushSubscription(id)).toString();
      const { endpoint, p256dh, auth } = JSON.parse(text) as PushSubscription;
      return { endpoint, p256dh, auth };
    },
  };
}

interface Changed {
  name?: string;
  push_sealed?: string | null;
  push_endpoint_hash?: string | null;
}

const endpointHash = (endpoint: string): string =>
  createHash('sha256').update(endpoint).digest('base64url');
