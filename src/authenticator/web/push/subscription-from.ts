import { fromBase64url, toBase64url } from '../../../devices/wire/base64url.js';
import type { SubscriptionRequest } from '../../wire.js';

/** Held, in all windows and the service worker, by whoever brings a subscription from the browser to the server. */
export const subscriptionLock = 'drawbridge-authenticator-subscription';

/**
 * The browser's subscription for the organisation's key, made where there is none. An organisation that changed its key gets another
 * one. Nobody is asked; `null` when the browser gives none.
 */
export async function subscriptionFrom(
  pushManager: PushManager,
  pushKey: string,
  which: 'kept' | 'new',
): Promise<SubscriptionRequest | null> {
  const key = fromBase64url(pushKey, 65);
  if (key === null) return null;
  const before = await pushManager.getSubscription();
  const isOurs = before !== null && sameKey(before.options.applicationServerKey, key);
  const kept = isOurs && which === 'kept' ? before : null;
  if (before !== null && kept === null) await before.unsubscribe();
  const wanted = { userVisibleOnly: true, applicationServerKey: key };
  const subscription = kept ?? (await pushManager.subscribe(wanted));
  const [p256dh, auth] = [subscription.getKey('p256dh'), subscription.getKey('auth')];
  if (p256dh === null || auth === null) return null;
  const text = (bytes: ArrayBuffer) => toBase64url(new Uint8Array(bytes));
  return { endpoint: subscription.endpoint, keys: { p256dh: text(p256dh), auth: text(auth) } };
}

/** Without a network `PushManager.subscribe` never comes back. */
const withinMs = 5_000;

export function inTime<T>(asked: Promise<T>): Promise<T | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, withinMs, null));
  return Promise.race([asked.catch(() => null), late]);
}

const sameKey = (held: ArrayBuffer | null, key: Uint8Array): boolean =>
  held !== null && toBase64url(new Uint8Array(held)) === toBase64url(key);
