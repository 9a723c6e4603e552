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

/** Registers the service worker, and lets a new one take over when nobody is typing a PIN. */
export async function keepUpToDate(
  entries: PinEntries,
  onMessage: (message: ToPage) => void,
): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const container = navigator.serviceWorker;
  const hadOne = container.controller !== null;
  container.addEventListener('message', (event: MessageEvent<ToPage>) => onMessage(event.data));
  container.addEventListener('controllerchange', () => {
    // The first one takes over a page that is up to date.
    if (hadOne) location.reload();
  });
  const registration = await container.register(
    scriptUrl(new URL('sw.js', document.baseURI).href),
    {
      updateViaCache: 'none',
    },
  );
  const takeOver = () => {
    if (hadOne && !entries.isOpen) {
      registration.waiting?.postMessage({ kind: 'take-over' } satisfies ToWorker);
    }
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
