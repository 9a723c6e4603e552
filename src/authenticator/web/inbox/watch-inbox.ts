import { apiPaths, type InboxAnswer } from '../../wire.js';
import { ProfileGone, RequestFailed } from '../requests/request-failed.js';
import type { SignedRequests } from '../requests/signed-requests.js';
import { createEventReader } from './event-stream.js';
import { reconnectDelay } from './reconnect-delay.js';

export interface InboxWatch {
  /** Ends a pause between tries: the app came to the front. */
  hurry(): void;
  /** Starts anew at once: the network came back, or a push said that there is something. */
  renew(): void;
  stop(): void;
}

export interface WatchDeps {
  requests: SignedRequests;
  random: () => number;
  onInbox: (answer: InboxAnswer) => void;
  onNoContact: () => void;
  /** The stream said that the profile is revoked. */
  onRevoked: () => void;
}

/** The server gives a sign of life every 25 seconds. */
const silenceMs = 40_000;
const pollMs = 15_000;

/**
 * Keeps a profile's inbox up to date. By a stream; or, for those of many profiles that get none because a browser opens only six
 * connections to a server, by asking now and then.
 */
export function watchInbox(profile: string, by: 'stream' | 'asking', deps: WatchDeps): InboxWatch {
  let stopped = false;
  let failures = 0;
  let woken = false;
  let connection: AbortController | null = null;
  let wakeUp = (): void => {};

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        woken = false;
        if (by === 'stream') await listen();
        else await ask();
        failures = 0;
        await pause(by === 'asking' ? pollMs : 500 * deps.random());
      } catch (error) {
        if (stopped || error instanceof ProfileGone) return;
        if (woken) continue;
        failures += 1;
        deps.onNoContact();
        const asked = error instanceof RequestFailed ? error.retryAfterMs : null;
        await pause(asked ?? reconnectDelay(failures, deps.random()));
      }
    }
  }

  async function ask(): Promise<void> {
    deps.onInbox(
      await deps.requests.send<InboxAnswer>(profile, { method: 'GET', path: apiPaths.inbox }),
    );
  }

  async function listen(): Promise<void> {
    const abort = new AbortController();
    connection = abort;
    let deadline = setTimeout(() => abort.abort(), silenceMs);
    try {
      const response = await deps.requests.open(profile, apiPaths.stream, abort.signal);
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      const read = createEventReader();
      for (;;) {
        const piece = await reader?.read();
        clearTimeout(deadline);
        if (piece === undefined || piece.done) return;
        deadline = setTimeout(() => abort.abort(), silenceMs);
        for (const { event, data } of read(piece.value)) {
          failures = 0;
          if (event === 'inbox') deps.onInbox(JSON.parse(data) as InboxAnswer);
          if (event === 'revoked') return deps.onRevoked();
        }
      }
    } finally {
      clearTimeout(deadline);
      abort.abort();
    }
  }

  void run();
  return {
    hurry: () => wakeUp(),
    renew() {
      failures = 0;
      woken = true;
      // A connection that slept through a change of network looks alive for a long time: open a new one.
      connection?.abort();
      wakeUp();
    },
    stop() {
      stopped = true;
      connection?.abort();
      wakeUp();
    },
  };
}
