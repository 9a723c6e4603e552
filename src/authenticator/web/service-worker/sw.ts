import { readDoorbell } from './doorbell.js';
import type { ToPage, ToWorker } from './message.js';
import { renewSubscriptions } from './renew-subscriptions.js';
import type { FetchEvent, Scope } from './scope.js';

/**
 * Keeps the app itself, so that it starts without a network, and shows what is pushed. Nothing of the API is ever kept: the app's
 * requests to it do not pass through here.
 */
declare const self: Scope;
/** The server puts these in: they change with whatever the app is made of. */
declare const APP_VERSION: string;
declare const APP_FILES: readonly string[];

const kept = `drawbridge-authenticator-${APP_VERSION}`;
const scope = new URL('./', location.href);
const inScope = (path: string) => new URL(path, scope).href;

self.addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(kept);
    // Asked of the server, unless a name changes with its file: all are of one version, or there is none.
    const load = (path: string) => (path.startsWith('assets/') ? 'default' : 'no-cache');
    await cache.addAll(APP_FILES.map((path) => new Request(inScope(path), { cache: load(path) })));
  };
  event.waitUntil(keep());
});

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    const others = names.filter(
      (name) => name.startsWith('drawbridge-authenticator-') && name !== kept,
    );
    await Promise.all(others.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isOurs = url.href.startsWith(scope.href) && !url.href.startsWith(inScope('api/'));
  if (request.method === 'GET' && isOurs) event.respondWith(answer(event));
});

async function answer({ request }: FetchEvent): Promise<Response> {
  const wanted = request.mode === 'navigate' ? inScope('') : request;
  const cache = await caches.open(kept);
  return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}

self.addEventListener('message', (event) => {
  if ((event.data as ToWorker).kind === 'take-over') void self.skipWaiting();
});

self.addEventListener('push', (event) => {
  const { title, fragment, ...options } = readDoorbell(read(event.data), 'Sign-in request');
  const show = async () => {
    await self.registration.showNotification(title, {
      ...options,
      icon: inScope('icon-192.png'),
      badge: inScope('badge.png'),
      requireInteraction: true,
      data: { fragment },
    });
    await tellPages({ kind: 'pushed' });
  };
  event.waitUntil(show());
});

self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(renewSubscriptions(self.registration.pushManager, scope));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { fragment } = event.notification.data as { fragment: string };
  const open = async () => {
    const [page] = await pages();
    if (page === undefined) await self.clients.openWindow(inScope(fragment));
    else {
      page.postMessage({ kind: 'open', fragment } satisfies ToPage);
      await page.focus();
    }
  };
  event.waitUntil(open());
});

const pages = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true });

async function tellPages(message: ToPage): Promise<void> {
  for (const page of await pages()) page.postMessage(message);
}

function read(data: { json(): unknown } | null): unknown {
  try {
    return data?.json() ?? null;
  } catch {
    return null;
  }
}
