/** Runs `look` again and again, never twice at once. */
export interface PollLoop {
  start(): void;
  /** Looks soon instead of at the next turn. */
  wake(): void;
  /** Resolves when a look that runs has ended. */
  stop(): Promise<void>;
}

const longestPauseMs = 5_000;

/**
 * @param options.look returns whether more waits, to look again at once; throws into `failed`
 * @param options.idleMs how long to wait when nothing waits; doubled up to 5 s for each failure in a row
 */
export function createPollLoop(options: {
  look: () => Promise<boolean>;
  idleMs: () => number;
  failed: (error: unknown) => void;
}): PollLoop {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let stopped = true;
  let wokenMeanwhile = false;
  let failures = 0;

  const turn = async (): Promise<void> => {
    let more = false;
    try {
      more = await options.look();
      failures = 0;
    } catch (error) {
      failures += 1;
      options.failed(error);
    }
    running = null;
    if (stopped) return;
    if (failures > 0) {
      schedule(
        Math.max(options.idleMs(), Math.min(longestPauseMs, options.idleMs() * 2 ** failures)),
      );
    } else {
      schedule(more || wokenMeanwhile ? 0 : options.idleMs());
    }
    wokenMeanwhile = false;
  };

  const schedule = (delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = turn();
    }, delayMs).unref();
  };

  return {
    start() {
      stopped = false;
      schedule(0);
    },
    wake() {
      if (stopped) return;
      if (running !== null) wokenMeanwhile = true;
      else schedule(0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
