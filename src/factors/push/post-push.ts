import { request, type Agent } from 'node:https';
import webPush from 'web-push';
import type { PushSubscription } from '../../devices/device-store.js';
import type { VapidKeys } from './vapid-keys.js';

export interface PushOutcome {
  status: number;
  /** What `Retry-After` says, in milliseconds; `null` when it says nothing. */
  retryAfterMs: number | null;
}

const WITHIN_MS = 5_000;

/**
 * Encrypts (RFC 8291) and posts one message. Follows no redirect; gives up after five seconds. A kept connection that the service
 * was just closing is replaced once: nothing was taken over it, and by its topic a message sent twice is one.
 * @throws Error when there is no answer
 */
export function postPush(
  subscription: PushSubscription,
  message: {
    payload: string;
    ttlSeconds: number;
    topic: string;
    vapid: VapidKeys & { subject: string };
  },
  agent?: Agent,
): Promise<PushOutcome> {
  const { endpoint, p256dh, auth } = subscription;
  const { payload, ttlSeconds, topic, vapid } = message;
  const details = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
    TTL: ttlSeconds,
    urgency: 'high',
    topic,
    contentEncoding: 'aes128gcm',
    vapidDetails: vapid,
  });
  const signal = AbortSignal.timeout(WITHIN_MS);
  const post = (isSecond: boolean): Promise<PushOutcome> =>
    new Promise((resolve, reject) => {
      const { headers } = details;
      const options = {
        method: 'POST',
        headers,
        signal,
        ...(agent === undefined ? {} : { agent }),
      };
      const posted = request(endpoint, options, (response) => {
        response.resume();
        response.once('error', reject);
        const retryAfterMs = readRetryAfter(response.headers['retry-after']);
        resolve({ status: response.statusCode ?? 0, retryAfterMs });
      });
      posted.once('error', (error: NodeJS.ErrnoException) => {
        const wasClosing = posted.reusedSocket && error.code === 'ECONNRESET';
        if (wasClosing && !isSecond) resolve(post(true));
        else reject(error);
      });
      posted.end(details.body);
    });
  return post(false);
}

/** RFC 9110, 10.2.3; dates are left to the next challenge. */
function readRetryAfter(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : null;
}
