import { fromBase64url } from '../../../devices/wire/base64url.js';
import type { SubscriptionRequest } from '../../wire.js';
import { inTime, subscriptionFrom } from './subscription-from.js';

/** `blocked`: the person or the browser said no; `unavailable`: this browser cannot, or not here; `failed`: not now. */
export type PushOutcome =
  | { kind: 'subscribed'; subscription: SubscriptionRequest }
  | { kind: 'blocked' | 'unavailable' | 'failed' };

export const canPush = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

/** Must be called while something is being pressed: browsers ask the person only then. */
export async function subscribeToPush(pushKey: string): Promise<PushOutcome> {
  if (!canPush() || fromBase64url(pushKey, 65) === null) return { kind: 'unavailable' };
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return { kind: 'blocked' };
  const subscription = await ask(pushKey, 'kept');
  return subscription === null ? { kind: 'failed' } : { kind: 'subscribed', subscription };
}

/**
 * What the browser has, or gets without asking anybody; `null` when nothing or not now.
 * @param which `new`: the push service has forgotten the one that the browser still has
 */
export async function currentSubscription(
  pushKey: string,
  which: 'kept' | 'new',
): Promise<SubscriptionRequest | null> {
  if (!canPush() || Notification.permission !== 'granted') return null;
  return ask(pushKey, which);
}

const ask = (pushKey: string, which: 'kept' | 'new'): Promise<SubscriptionRequest | null> =>
  inTime(
    navigator.serviceWorker.ready.then(({ pushManager }) =>
      subscriptionFrom(pushManager, pushKey, which),
    ),
  );
