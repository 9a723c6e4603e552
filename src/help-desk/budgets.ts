import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.js';
import { Overloaded } from '../kernel/errors.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';

const minute = 60_000;

/**
 * How much one program may do in a time, over all processes. Far more than people at a help desk do by hand; little enough
 * that whoever has its secret cannot take everybody's phone within minutes. Times in milliseconds.
 */
export const helpDeskBudgets = {
  /** Anything that is asked with a valid token. */
  requests: { most: 1_200, windowMs: 10 * minute },
  /** Codes issued and phones confirmed. */
  activations: { most: 300, windowMs: 60 * minute },
  /** People or phones named for revocation, one by one or many at once. */
  revocations: { most: 1_000, windowMs: 24 * 60 * minute },
} as const;

export type BudgetName = keyof typeof helpDeskBudgets;

/** Milliseconds until there is a new budget; `firstInWindow`: nobody has been told of it yet. */
export type Spent = { ok: true } | { ok: false; retryAfterMs: number; firstInWindow: boolean };

export interface Budgets {
  /** All or nothing. @throws DependencyUnavailable */
  spend(client: string, budget: BudgetName, amount?: number): Promise<Spent>;
  /**
   * Counts one more that was really revoked, in the windows of the budget for revocations.
   * @returns how many there are now
   * @throws DependencyUnavailable
   */
  countRevoked(client: string): Promise<number>;
}

export function createBudgets(deps: { store: EphemeralStore; clock: Clock }): Budgets {
  const { store, clock } = deps;

  const add = async (key: string, amount: number, most: number, ttlMs: number) => {
    if (amount === 1) return (await store.increment(key, ttlMs)) <= most;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const [held = null] = await store.read([key]);
      const after = Number(held ?? 0) + amount;
      if (after > most) return false;
      const write = { kind: 'set', key, value: String(after), ttlMs } as const;
      if (await store.commit([write], [{ key, expected: held }])) return true;
    }
    throw new Overloaded('the budget of a program of the help desk');
  };

  return {
    countRevoked(client) {
      const { windowMs } = helpDeskBudgets.revocations;
      const window = Math.floor(clock.now() / windowMs);
      return store.increment(`help-desk:revoked:${window}:${nameOf(client)}`, windowMs);
    },
    async spend(client, budget, amount = 1) {
      const { most, windowMs } = helpDeskBudgets[budget];
      const now = clock.now();
      const window = Math.floor(now / windowMs);
      const key = `help-desk:${budget}:${window}:${nameOf(client)}`;
      if (await add(key, amount, most, windowMs)) return { ok: true };
      const told = { kind: 'set', key: `${key}:told`, value: '1', ttlMs: windowMs } as const;
      const firstInWindow = await store.commit([told], [{ key: told.key, expected: null }]);
      return { ok: false, retryAfterMs: (window + 1) * windowMs - now, firstInWindow };
    },
  };
}

const nameOf = (client: string) => createHash('sha256').update(client).digest('base64url');

/** More calls at once than any program makes. */
const MOST_TRIES = 50;
