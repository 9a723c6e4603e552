import { render } from 'preact';
import { deviceNow } from './app/device-clock.js';
import { reduce, startState, type AppEvent } from './app/app-state.js';
import { createController } from './app/controller.js';
import { readPlatform } from './app/platform.js';
import { fragmentOf, readFragment, type Route } from './app/route.js';
import { createPinEntries, keepUpToDate } from './app/updates.js';
import { watchAll } from './inbox/watch-all.js';
import { watchInbox } from './inbox/watch-inbox.js';
import { locale } from './locale/text.js';
import type { App } from './parts/app-context.js';
import { stretchInWorker } from './pin/stretch-in-worker.js';
import { openDatabase } from './profiles/database.js';
import { readInstallation, rememberDeviceName } from './profiles/installation.js';
import { createProfileStore } from './profiles/profile-store.js';
import { closeNotifications } from './push/close-notifications.js';
import { Root } from './screens/root.js';

/** The one place that knows the browser and all parts. */
async function start(): Promise<void> {
  document.documentElement.lang = locale;
  const appUrl = new URL('.', document.baseURI).href;
  // `/authenticator/` is part of the paths of the wire; what is before it is where the server is mounted.
  const base = appUrl.replace(/\/authenticator\/$/, '');
  const database = await openDatabase();
  const otherWindows = new BroadcastChannel('drawbridge-authenticator');
  const entries = createPinEntries();
  let state = startState;
  let install: (() => void) | null = null;

  const store = createProfileStore(database, () => {
    otherWindows.postMessage('profiles');
    void loadProfiles();
  });
  async function loadProfiles(): Promise<void> {
    dispatch({ kind: 'profiles', profiles: await store.all() });
  }
  const controller = createController({
    store,
    fetch: (url, init) => fetch(url, init),
    now: deviceNow,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    withLock: (name, work) => navigator.locks.request(name, work),
    absolute: (path) => base + path,
    stretch: stretchInWorker,
    dispatch: (event) => dispatch(event),
  });

  const watches = watchAll((profile, by) =>
    watchInbox(profile, by, {
      requests: controller.requests,
      random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
      onInbox: (answer) => void controller.heard(profile, answer),
      onNoContact: () => dispatch({ kind: 'no-contact', profile }),
      onRevoked: () => void controller.wipe(profile, 'revoked'),
    }),
  );

  const app: Omit<App, 'install'> = {
    controller,
    dispatch: (event) => dispatch(event),
    go: (route) => dispatch({ kind: 'moved', route }),
    entries,
    platform: readPlatform(),
    installation: await readInstallation(database),
    async rememberDeviceName(name) {
      app.installation = { ...app.installation, deviceName: name };
      await rememberDeviceName(database, name);
    },
    appUrl,
  };
  let shown: App = { ...app, install };

  function dispatch(event: AppEvent): void {
    const before = state.route;
    state = reduce(state, event);
    if (state.route !== before) showInAddress(state.route);
    if (event.kind === 'profiles' || event.kind === 'gone') follow();
    if (event.kind === 'handled') closeHandled();
    draw();
  }
  /** Once for all events of a moment, and never while a screen is being drawn or taken away. */
  let isDrawing = false;
  function draw(): void {
    if (isDrawing) return;
    isDrawing = true;
    queueMicrotask(() => {
      isDrawing = false;
      const root = document.getElementById('app');
      if (root !== null) render(<Root app={shown} state={state} />, root);
    });
  }
  const closeHandled = () => void closeNotifications(state.handled).catch(() => {});
  const follow = () => watches.follow(state.profiles, document.visibilityState === 'visible');

  /** A place that was replaced by another needs no way back to itself. */
  function showInAddress(route: Route): void {
    const fragment = fragmentOf(route);
    if (location.hash === fragment) return;
    if (route.at === 'home') history.replaceState(null, '', fragment);
    else history.pushState(null, '', fragment);
  }
  /** A link, a notification, or the way back. Activation codes leave the address, and with it the history, at once. */
  function openFragment(fragment: string, isStart = false): void {
    const opened = readFragment(fragment);
    if (opened.kind !== 'route') history.replaceState(null, '', '#/');
    if (opened.kind === 'activation') {
      if (opened.code === null)
        dispatch({ kind: 'notice', notice: { kind: 'code-unreadable', who: '' } });
      else dispatch({ kind: 'activation-code', code: opened.code });
    } else if (opened.kind === 'challenge') {
      dispatch({ kind: 'expecting', challenge: opened.challenge });
    } else {
      // A request that was on the screen before a reload opens by itself, if it still waits.
      const isOld = isStart && opened.route.at === 'approve';
      dispatch({ kind: 'moved', route: isOld ? { at: 'home' } : opened.route });
    }
  }

  otherWindows.onmessage = () => void loadProfiles();
  addEventListener('hashchange', () => openFragment(location.hash));
  addEventListener('online', () => watches.renew());
  addEventListener('focus', () => watches.hurry());
  document.addEventListener('visibilitychange', follow);
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    install = () => void (event as Event & { prompt: () => Promise<unknown> }).prompt();
    shown = { ...app, install };
    draw();
  });
  addEventListener('appinstalled', () => {
    shown = { ...app, install: null };
    draw();
  });

  await loadProfiles();
  openFragment(location.hash, true);
  void keepUpToDate(entries, (message) => {
    if (message.kind === 'open') openFragment(message.fragment);
    else {
      watches.renew();
      // The request may have been answered here before the push service delivered.
      closeHandled();
    }
  });
}

void start();
