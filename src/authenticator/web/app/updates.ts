import type { ToPage, ToWorker } from '../service-worker/message.js';
import { scriptUrl } from '../trusted-types.js';

/**
 * PIN entries that are open. A new version of the app waits for them: a page that reloads under somebody's fingers loses what was
 * typed, or sends half of it.
 */
export interface PinEntries {
  /** @returns closes the entry */
  opened(): () => void;
  readonly isOpen: boolean;
  /** Told whenever the last one closed. */
  onClosed(listener: () => void): void;
}

export function createPinEntries(): PinEntries {
  let open = 0;
  const listeners: (() => void)[] = [];
  return {
    opened() {
      open += 1;
      return () => {
        open -= 1;
        if (open === 0) for (const listener of listeners) listener();
      };
    },
    get isOpen() {
      return open > 0;
    },
    onClosed(listener) {
      listeners.push(listener);
    },
  };
}

const askAgainAfterMs = 5_000;

/** Registers the service worker, and lets a new one take over when nobody is typing a PIN. */
export async function keepUpToDate(
  entries: PinEntries,
  onMessage: (message: ToPage) => void,
): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const container = navigator.serviceWorker;
  let controlled = container.controller !== null;
  container.addEventListener('message', (event: MessageEvent<ToPage>) => onMessage(event.data));
  container.addEventListener('controllerchange', () => {
    // The first one takes over a page that is up to date.
    if (controlled) location.reload();
    controlled = true;
  });
  const registration = await container.register(
    scriptUrl(new URL('sw.js', document.baseURI).href),
    {
      updateViaCache: 'none',
    },
  );
  let again: ReturnType<typeof setTimeout> | undefined;
  const takeOver = () => {
    clearTimeout(again);
    const { waiting } = registration;
    if (!controlled || entries.isOpen || waiting === null) return;
    waiting.postMessage({ kind: 'take-over' } satisfies ToWorker);
    // A worker that the browser stops just then never hears it.
    again = setTimeout(takeOver, askAgainAfterMs);
  };
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', takeOver);
  });
  entries.onClosed(takeOver);
  takeOver();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') registration.update().catch(() => {});
  });
}
