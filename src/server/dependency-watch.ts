import type { Alarms } from '../audit/alarms.js';
import { DependencyUnavailable } from '../kernel/errors.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';

/** Raises the alarm when a request met a store that did not answer, and clears it once all stores do again. */
export interface DependencyWatch {
  /** Told of every error of a request; others than `DependencyUnavailable` do not matter. */
  noticed(error: unknown): void;
  stop(): void;
}

const LOOK_AGAIN_MS = 2_000;

export function createDependencyWatch(deps: {
  alarms: Alarms;
  database: Pick<SqlDatabase, 'ping'>;
  store: Pick<EphemeralStore, 'ping'>;
}): DependencyWatch {
  const { alarms, database, store } = deps;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    timer = undefined;
    try {
      await Promise.all([database.ping(), store.ping()]);
      await alarms.clear('dependency_unavailable');
    } catch {
      lookAgain();
    }
  };
  const lookAgain = (): void => {
    timer ??= setTimeout(() => void look(), LOOK_AGAIN_MS).unref();
  };

  return {
    noticed(error) {
      if (!(error instanceof DependencyUnavailable)) return;
      void alarms.raise('dependency_unavailable', error.message);
      lookAgain();
    },
    stop: () => {
      clearTimeout(timer);
    },
  };
}
