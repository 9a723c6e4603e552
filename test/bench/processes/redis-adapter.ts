import type { Redis } from 'ioredis';
import type { Adapter, AdapterPayload } from 'oidc-provider';

const GRANTABLE = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode']);
const CONSUMABLE = new Set(['AuthorizationCode', 'RefreshToken']);

/** What people write who put oidc-provider on Redis: the shape of the adapter in its own examples. */
export function redisAdapter(redis: Redis): (kind: string) => Adapter {
  return (kind) => {
    const keyOf = (id: string) => `bare:${kind}:${id}`;
    const grantKey = (grantId: string) => `bare:grant:${grantId}`;
    const uidKey = (uid: string) => `bare:uid:${uid}`;
    const find = async (id: string): Promise<AdapterPayload | undefined> => {
      if (!CONSUMABLE.has(kind)) {
        const text = await redis.get(keyOf(id));
        return text === null ? undefined : (JSON.parse(text) as AdapterPayload);
      }
      const { payload, ...rest } = await redis.hgetall(keyOf(id));
      if (payload === undefined) return undefined;
      const consumed = rest['consumed'] === undefined ? {} : { consumed: Number(rest['consumed']) };
      return { ...(JSON.parse(payload) as AdapterPayload), ...consumed };
    };
    return {
      find,
      findByUserCode: () => Promise.resolve(undefined),
      async findByUid(uid) {
        const id = await redis.get(uidKey(uid));
        return id === null ? undefined : find(id);
      },
      async upsert(id, payload, expiresIn) {
        const key = keyOf(id);
        const multi = redis.multi();
        const text = JSON.stringify(payload);
        if (CONSUMABLE.has(kind)) multi.hset(key, { payload: text });
        else multi.set(key, text);
        if (expiresIn) multi.expire(key, expiresIn);
        if (GRANTABLE.has(kind) && payload.grantId !== undefined) {
          multi.rpush(grantKey(payload.grantId), key);
          if (expiresIn) multi.expire(grantKey(payload.grantId), expiresIn);
        }
        if (payload.uid !== undefined) {
          multi.set(uidKey(payload.uid), id);
          if (expiresIn) multi.expire(uidKey(payload.uid), expiresIn);
        }
        await multi.exec();
      },
      async consume(id) {
        await redis.hset(keyOf(id), 'consumed', Math.floor(Date.now() / 1000));
      },
      async destroy(id) {
        await redis.del(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        const tokens = await redis.lrange(grantKey(grantId), 0, -1);
        await redis.del(...tokens, grantKey(grantId));
      },
    };
  };
}
