import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Alarms } from '../../audit/alarms.js';
import type { Clock } from '../../kernel/clock.js';
import { DependencyUnavailable } from '../../kernel/errors.js';
import type { GuardedRequest } from '../../web/guarded-request.js';
import type { CloudName, MicrosoftClouds } from './microsoft-clouds.js';

/** A key that a cloud signs with, and for whom: `{tenantid}` stands for any tenant. */
export interface CloudKey {
  key: KeyObject;
  /** `null`: the document does not say. */
  issuer: string | null;
}

export interface CloudKeys {
  /**
   * The key of that id; `null` when the cloud has none, after it was asked again.
   * @throws DependencyUnavailable when the keys were never fetched and cannot be now
   */
  find(cloud: CloudName, kid: string): Promise<CloudKey | null>;
}

/** Microsoft adds keys well ahead of using them. */
const KEPT_FOR_MS = 24 * 60 * 60_000;
/** An unknown key id is looked for again, but nobody can make us ask more often. */
const ASKED_AGAIN_AFTER_MS = 60_000;

/** NIST SP 800-131A: anything shorter is not to be trusted. */
const LEAST_BITS = 2048;

const metadata = z.looseObject({ jwks_uri: z.string() });
const keySet = z.looseObject({
  keys: z
    .array(
      z.looseObject({
        kty: z.string(),
        kid: z.string(),
        use: z.string().optional(),
        issuer: z.string().optional(),
      }),
    )
    .max(200),
});

interface Kept {
  keys: ReadonlyMap<string, CloudKey>;
  fetchedAt: number;
}

/**
 * The signing keys of the clouds, fetched when first needed and kept for a day. When they cannot be fetched again, the
 * ones that are there go on.
 */
export function createCloudKeys(deps: {
  clouds: MicrosoftClouds;
  call: GuardedRequest;
  clock: Clock;
  alarms: Pick<Alarms, 'raise' | 'clear'>;
  onError: (error: unknown) => void;
}): CloudKeys {
  const { clouds, call, clock, alarms } = deps;
  /** Clouds whose keys could not be fetched when they were last asked for them. */
  const failing = new Set<CloudName>();
  const kept = new Map<CloudName, Kept>();
  const askedAt = new Map<CloudName, number>();
  const asking = new Map<CloudName, Promise<void>>();

  async function fetchKeys(cloud: CloudName): Promise<void> {
    const { metadataUrl } = clouds[cloud];
    const { jwks_uri: keysUrl } = metadata.parse(await document(call, metadataUrl));
    // The metadata of one cloud must not send us anywhere else.
    if (new URL(keysUrl).origin !== new URL(metadataUrl).origin) {
      throw new Error(`the keys of ${cloud} are said to be at ${keysUrl}`);
    }
    const read = keySet.parse(await document(call, keysUrl));
    const keys = new Map(
      read.keys
        .filter(({ kty, use }) => kty === 'RSA' && (use ?? 'sig') === 'sig')
        .map((jwk) => [jwk.kid, { key: publicKeyOf(jwk), issuer: jwk.issuer ?? null }]),
    );
    if (keys.size === 0) throw new Error(`${cloud} shows no key that signs`);
    kept.set(cloud, { keys, fetchedAt: clock.now() });
  }

  /** Never throws: the keys that are there go on, and an operator is told. */
  async function fetchOrTell(cloud: CloudName): Promise<void> {
    try {
      await fetchKeys(cloud);
      failing.delete(cloud);
      if (failing.size === 0) await alarms.clear('entra_keys_stale');
    } catch (error) {
      failing.add(cloud);
      deps.onError(error);
      const why = error instanceof Error ? error.message : String(error);
      await alarms.raise('entra_keys_stale', `keys of ${cloud}: ${why.slice(0, 300)}`);
    }
  }

  /** One fetch at a time for each cloud. */
  function ask(cloud: CloudName): Promise<void> {
    const running = asking.get(cloud);
    if (running !== undefined) return running;
    askedAt.set(cloud, clock.now());
    const turn = fetchOrTell(cloud).finally(() => asking.delete(cloud));
    asking.set(cloud, turn);
    return turn;
  }

  const mayAsk = (cloud: CloudName): boolean =>
    asking.has(cloud) || clock.now() - (askedAt.get(cloud) ?? -Infinity) >= ASKED_AGAIN_AFTER_MS;

  return {
    async find(cloud, kid) {
      const known = kept.get(cloud);
      const fresh = known !== undefined && clock.now() - known.fetchedAt < KEPT_FOR_MS;
      if (!(fresh && known.keys.has(kid)) && mayAsk(cloud)) {
        await ask(cloud);
      }
      const now = kept.get(cloud);
      if (now === undefined) throw new DependencyUnavailable(`the key document of ${cloud}`);
      return now.keys.get(kid) ?? null;
    },
  };
}

async function document(call: GuardedRequest, url: string): Promise<unknown> {
  const { status, body } = await call(url, { headers: { accept: 'application/json' } });
  if (status !== 200) throw new Error(`${url} answers ${status}`);
  return JSON.parse(body.toString('utf8'));
}

/** @throws Error for a key that no cloud would sign with, which Node would take all the same */
function publicKeyOf(jwk: object): KeyObject {
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < LEAST_BITS) throw new Error(`a key of ${bits} bits`);
  return key;
}
