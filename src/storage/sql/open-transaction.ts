import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Notices statements on the database itself while the same flow of control holds a transaction. With the one
 * connection of SQLite they would wait for that transaction for ever, with PostgreSQL they would see another
 * state and, under load, wait for a connection that nobody gives back.
 */
export class OpenTransaction {
  readonly #storage = new AsyncLocalStorage<{ open: boolean }>();

  async run<Value>(work: () => Promise<Value>): Promise<Value> {
    this.assertNone();
    const state = { open: true };
    return this.#storage.run(state, async () => {
      try {
        return await work();
      } finally {
        state.open = false;
      }
    });
  }

  assertNone(): void {
    if (this.#storage.getStore()?.open === true) {
      throw new Error('a transaction is open here: use its own Queryable, not the database');
    }
  }
}
