import { createHash } from 'node:crypto';
import { randomToken, type RandomSource } from '../kernel/random.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { Sealer } from './sealer.js';

const PARKED_FOR_MS = 5 * 60_000;

export interface ParkedValues<Value> {
  /** @returns the handle that gives it back, once */
  park(value: Value): Promise<string>;
  take(handle: string): Promise<Value | null>;
}

/**
 * What is posted from another site comes without our cookies (they are Lax), a GET that follows it brings them. So what
 * a posted message comes to waits here for that GET, sealed, for five minutes.
 * @param family the keys begin with `parked-<family>:`
 */
export function createParkedValues<Value>(
  deps: { store: EphemeralStore; sealer: Sealer; random: RandomSource },
  family: string,
): ParkedValues<Value> {
  const keyOf = (handle: string) =>
    `parked-${family}:${createHash('sha256').update(handle).digest('base64url')}`;
  return {
    async park(value) {
      const handle = randomToken(deps.random, 128);
      const key = keyOf(handle);
      const sealed = deps.sealer.seal(Buffer.from(JSON.stringify({ v: 1, value })), key);
      await deps.store.commit([
        { kind: 'set', key, value: sealed, ttlMs: PARKED_FOR_MS, forAnybody: true },
      ]);
      return handle;
    },
    async take(handle) {
      const key = keyOf(handle);
      const stored = await deps.store.take(key);
      if (stored === null) return null;
      try {
        const text = deps.sealer.open(stored, key).toString();
        const record = JSON.parse(text) as { v: number; value: Value };
        return record.v === 1 ? (record.value ?? null) : null;
      } catch {
        // What was not sealed by us is nothing that was parked.
        return null;
      }
    },
  };
}
