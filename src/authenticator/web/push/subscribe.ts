import { fromBase64url, toBase64url } from '../../../devices/wire/base64url.js';
import type { SubscriptionRequest } from '../../wire.js';

/** `blocked`: the person or the browser said no; `unavailable`: this browser cannot, or not here; `failed`: not now. */
export type PushOutcome =
  | { kind: 'subscribed'; subscription: SubscriptionRequest }
  | { kind: 'blocked' | 'unavailable' | 'failed' };

export const canPush = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

/** Without a network `PushManager.subscribe` never comes back. */
const withinMs = 5_000;

/** Must be called while something is being pressed: browsers ask the person only then. */
export async function subscribeToPush(pushKey: string): Promise<PushOutcome> {
  const key = fromBase64url(pushKey, 65);
  if (!canPush() || key === null) return { kind: 'unavailable' };
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return { kind: 'blocked' };
  const late = new Promise<null>((resolve) => setTimeout(resolve, withinMs, null));
  try {
    const subscription = await Promise.race([subscribe(key), late]);
    return subscription === null ? { kind: 'failed' } : { kind: 'subscribed', subscription };
  } catch {
    return { kind: 'failed' };
  }
}

/** What the browser has already, without asking anybody; `null` when nothing or not now. */
export async function currentSubscription(pushKey: string): Promise<SubscriptionRequest | null> {
  const key = fromBase64url(pushKey, 65);
  if (!canPush() || key === null || Notification.permission !== 'granted') return null;
  const late = new Promise<null>((resolve) => setTimeout(resolve, withinMs, null));
  return Promise.race([subscribe(key).catch(() => null), late]);
}

async function subscribe(key: Uint8Array<ArrayBuffer>): Promise<SubscriptionRequest | null> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  const isOurs = before !== null && sameKey(before.options.applicationServerKey, key);
  if (before !== null && !isOurs) await before.unsubscribe();
  const wanted = { userVisibleOnly: true, applicationServerKey: key };
  const subscription = isOurs ? before : await pushManager.subscribe(wanted);
  const [p256dh, auth] = [subscription.getKey('p256dh'), subscription.getKey('auth')];
  if (p256dh === null || auth === null) return null;
  const text = (bytes: ArrayBuffer) => toBase64url(new Uint8Array(bytes));
  return { endpoint: subscription.endpoint, keys: { p256dh: text(p256dh), auth: text(auth) } };
}

/** An organisation that changed its key gets a new subscription. */
const sameKey = (held: ArrayBuffer | null, key: Uint8Array): boolean =>
  held !== null && toBase64url(new Uint8Array(held)) === toBase64url(key);
