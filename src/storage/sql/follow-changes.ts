import type { ChangeFeed } from './change-feed.js';

/** State in memory that is read again whenever its topic is announced. */
export interface FollowedChanges {
  /** Resolves when what is announced by now has been read; rejects when the database does not answer. */
  refresh(): Promise<void>;
  close(): void;
}

const retryMs = 1_000;

/**
 * Runs `load` after every announcement, never twice at once; one that fails is tried again until it succeeds, so that a
 * change announced while the database went away is not missed.
 */
export function followChanges(deps: {
  changeFeed: Pick<ChangeFeed, 'subscribe'>;
  topic: string;
  load: () => Promise<void>;
  onError: (error: unknown) => void;
  /** Loads this often without being told, in milliseconds: a net below the feed, for what must not stay unread. */
  everyMs?: number;
}): FollowedChanges {
  let running: Promise<void> | null = null;
  let waiting: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const start = (): Promise<void> => {
    running = deps.load().finally(() => {
      running = null;
    });
    return running;
  };
  const refresh = (): Promise<void> => {
    if (running === null) return start();
    // What runs may have read before the change: one more time serves all who came meanwhile.
    waiting ??= running
      .catch(() => {})
      .then(() => {
        waiting = null;
        return start();
      });
    return waiting;
  };
  const follow = async (): Promise<void> => {
    clearTimeout(timer);
    if (closed) return;
    try {
      await refresh();
    } catch (error) {
      deps.onError(error);
      timer = setTimeout(() => void follow(), retryMs).unref();
    }
  };
  const unsubscribe = deps.changeFeed.subscribe(deps.topic, follow);
  const net =
    deps.everyMs === undefined ? undefined : setInterval(() => void follow(), deps.everyMs);
  net?.unref();
  return {
    refresh,
    close() {
      closed = true;
      clearTimeout(timer);
      clearInterval(net);
      unsubscribe();
    },
  };
}
