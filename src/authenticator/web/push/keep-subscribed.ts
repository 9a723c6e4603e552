import type { InboxAnswer, SubscriptionRequest } from '../../wire.js';
import type { StoredProfile } from '../profiles/stored-profile.js';

export interface KeepSubscribedDeps {
  profiles: () => Promise<readonly StoredProfile[]>;
  current: (pushKey: string, which: 'kept' | 'new') => Promise<SubscriptionRequest | null>;
  /** Puts it at the server. */
  register: (profile: string, subscription: SubscriptionRequest) => Promise<void>;
  now: () => number;
  /**
   * One at a time in all windows of the app and its service worker: of two that subscribe at the same moment, the browser keeps one
   * subscription, and what the other got is dead.
   */
  alone: <T>(work: () => Promise<T>) => Promise<T>;
}

/** However often pushes are refused, a browser is not made to subscribe more often than this. */
const pauseMs = 60_000;

/**
 * Keeps what the server has equal to what the browser has. Browsers replace subscriptions as they please; push services forget
 * them without a word to the browser, and then the server's inbox says `none` for somebody who wants to be notified. All profiles
 * share the one subscription of this app.
 * @returns to be told of each inbox; a refused request is left to the next one
 */
export function createKeepSubscribed(deps: KeepSubscribedDeps) {
  /** The profiles for which this window has told the server. */
  const told = new Set<string>();
  let renewedAt = Number.NEGATIVE_INFINITY;

  async function register(which: 'kept' | 'new', profiles: readonly StoredProfile[]) {
    const pushKey = profiles[0]?.pushKey ?? null;
    if (pushKey === null) return;
    const subscription = await deps.current(pushKey, which);
    if (subscription === null) return;
    for (const { id } of profiles) {
      try {
        await deps.register(id, subscription);
        told.add(id);
      } catch {
        told.delete(id);
      }
    }
  }

  async function keep(id: string, push: InboxAnswer['profile']['push']): Promise<void> {
    const isForgotten = push === 'none';
    if (!isForgotten && told.has(id)) return;
    const wanting = (await deps.profiles()).filter(
      ({ notify, stage }) => notify && stage === 'active',
    );
    const own = wanting.filter((profile) => profile.id === id);
    if (own.length === 0) return;
    if (!isForgotten) return register('kept', own);
    if (deps.now() - renewedAt < pauseMs) {
      if (!told.has(id)) await register('kept', own);
      return;
    }
    renewedAt = deps.now();
    await register('new', wanting);
  }

  return (id: string, push: InboxAnswer['profile']['push']): Promise<void> =>
    deps.alone(() => keep(id, push));
}
