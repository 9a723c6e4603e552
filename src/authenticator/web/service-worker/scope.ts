/** What this file uses of the browser's service worker types, which cannot be loaded beside those of pages. */
export interface LateEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
export interface FetchEvent extends LateEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
export interface PushEvent extends LateEvent {
  data: { json(): unknown } | null;
}
export interface NotificationEvent extends LateEvent {
  notification: Notification;
}
export interface WindowClient {
  url: string;
  focus(): Promise<WindowClient>;
  postMessage(message: unknown): void;
}
export interface Scope {
  registration: ServiceWorkerRegistration;
  clients: {
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<WindowClient[]>;
    openWindow(url: string): Promise<WindowClient | null>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: LateEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(type: 'push', listener: (event: PushEvent) => void): void;
  addEventListener(type: 'pushsubscriptionchange', listener: (event: LateEvent) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: NotificationEvent) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}
