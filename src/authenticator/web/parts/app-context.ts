import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { AppEvent } from '../app/app-state.js';
import type { Controller } from '../app/controller.js';
import type { Platform } from '../app/platform.js';
import type { PinEntries } from '../app/updates.js';
import type { Route } from '../app/route.js';
import type { Installation } from '../profiles/installation.js';

/** What every screen may use. */
export interface App {
  controller: Controller;
  dispatch: (event: AppEvent) => void;
  go: (route: Route) => void;
  entries: PinEntries;
  platform: Platform;
  installation: Installation;
  rememberDeviceName: (name: string) => Promise<void>;
  /** Where the browser offers to install the app: asks the person. */
  install: (() => void) | null;
  /** This app's own address. */
  appUrl: string;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error('outside of the app');
  return app;
}
