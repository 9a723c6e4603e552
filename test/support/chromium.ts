import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext } from 'playwright-core';

const candidates = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** The browser of the machine; `undefined` where there is none. */
export const chromiumBinary = candidates.find((path) => path !== undefined && existsSync(path));

export interface ChromiumOptions {
  javaScriptEnabled?: boolean;
  locale?: string;
  userAgent?: string;
  /** Starts without a network. */
  offline?: boolean;
  permissions?: string[];
  /** The desktop that it shows notifications on (`DBUS_SESSION_BUS_ADDRESS`); otherwise nobody sees them. */
  desktop?: string;
  /** Further switches. */
  args?: string[];
  /** A folder to keep what the browser stores in, so that it can be started again; otherwise it is thrown away. */
  profile?: string;
}

/** Chromium with an empty profile, which asks nobody on the network anything. */
export async function startChromium({
  args = [],
  profile: kept,
  desktop,
  ...options
}: ChromiumOptions = {}): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  if (chromiumBinary === undefined) throw new Error('Chromium is not installed');
  const profile = kept ?? mkdtempSync(join(tmpdir(), 'drawbridge-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumBinary,
    headless: true,
    ...(desktop === undefined
      ? {}
      : { env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: desktop } }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
    ...options,
  });
  return {
    context,
    close: async () => {
      await context.close();
      if (kept === undefined) rmSync(profile, { recursive: true, force: true });
    },
  };
}
