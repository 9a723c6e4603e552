import { apiPaths } from '../../wire.js';
import { deviceNow } from '../app/device-clock.js';
import { openDatabase } from '../profiles/database.js';
import { createProfileStore } from '../profiles/profile-store.js';
import { inTime, subscriptionFrom, subscriptionLock } from '../push/subscription-from.js';
import { createSignedRequests } from '../requests/signed-requests.js';

/**
 * The browser has ended or replaced the app's subscription, perhaps while the app is not open: the server learns of the new one at
 * once, because until then nobody can be rung. What fails here is made up for when the app is opened.
 */
export async function renewSubscriptions(pushManager: PushManager, scope: URL): Promise<void> {
  const store = createProfileStore(await openDatabase(), () => {});
  const requests = createSignedRequests({
    store,
    fetch: (url, init) => fetch(url, init),
    now: deviceNow,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    withLock: (name, work) => navigator.locks.request(name, work),
    absolute: (path) => scope.href.replace(/\/authenticator\/$/, '') + path,
    wipe: async (id) => void (await store.remove(id)),
  });
  await navigator.locks.request(subscriptionLock, async () => {
    for (const { id, notify, stage, pushKey } of await store.all()) {
      if (!notify || stage !== 'active' || pushKey === null) continue;
      const subscription = await inTime(subscriptionFrom(pushManager, pushKey, 'kept'));
      if (subscription === null) continue;
      const put = { method: 'PUT', path: apiPaths.subscription, repeatable: true } as const;
      await requests.send<null>(id, { ...put, body: () => subscription }).catch(() => {});
    }
  });
}
