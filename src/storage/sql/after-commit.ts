import type { Queryable } from './sql-database.js';

const waiting = new WeakMap<Queryable, (() => void)[]>();

/**
 * Runs `effect` once what was written on `db` is durable: after the commit when `db` is an open transaction,
 * at once otherwise, never when the transaction rolls back. For effects outside SQL that must not tell of
 * something that did not happen (a log line, a counter, waking a worker).
 */
export function afterCommit(db: Queryable, effect: () => void): void {
  const effects = waiting.get(db);
  if (effects === undefined) effect();
  else effects.push(effect);
}

/** Called by the database adapter when a transaction opens; the result runs its effects after the commit. */
export function collectEffects(tx: Queryable): () => void {
  const effects: (() => void)[] = [];
  waiting.set(tx, effects);
  return () => {
    waiting.delete(tx);
    for (const effect of effects) effect();
  };
}
