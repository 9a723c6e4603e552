import { readdirSync, readFileSync } from 'node:fs';
import { startChromium } from '../../support/chromium.js';
import { startAppServer } from '../../support/phone-app/app-server.js';
import { buildApp } from '../../support/phone-app/build-app.js';
import { SLICES, type Figure } from '../figure.js';

const SLOWER = 4;
const TICK_MS = 10;

/**
 * The stretching of a PIN in the app's own worker. Chromium's switch for a slow processor slows the page's thread and no worker, so the
 * time on a four times slower one is four times the processor time that the worker's thread took.
 */
export const authenticatorPin: Figure = {
  name: 'authenticator-pin',
  async measure() {
    await buildApp();
    const server = await startAppServer();
    const chromium = await startChromium();
    try {
      await chromium.context.addInitScript(keepPolicy);
      const [page = await chromium.context.newPage()] = chromium.context.pages();
      await page.goto(`${server.url}/authenticator/`);
      await page.evaluate('navigator.serviceWorker.ready');
      const cpu: number[] = [];
      const wall: number[] = [];
      for (let run = 0; run < SLICES; run += 1) {
        wall.push(await page.evaluate<number>(stretch));
        cpu.push(cpuOfWorker());
        await page.evaluate('globalThis.stretching.terminate()');
      }
      return [
        {
          what: 'Argon2id of a PIN in the worker, processor time, four times',
          unit: 'ms',
          aim: { at: 'most', value: 1_000 },
          raw: cpu.map((ms) => ms * SLOWER),
        },
        { what: 'Argon2id of a PIN in the worker, as it is', unit: 'ms', aim: null, raw: wall },
      ];
    } finally {
      await chromium.close();
      await server.close();
    }
  },
};

/** The app's policy lets no second one be made. */
const keepPolicy = `{
  const make = trustedTypes.createPolicy.bind(trustedTypes);
  trustedTypes.createPolicy = (...made) => (globalThis.appPolicy = make(...made));
}`;

/** As `stretch-in-worker.ts` does it, except that the worker stays until its time was read. */
const stretch = `(async () => {
  const { content } = document.querySelector('meta[name="stretch-worker"]');
  const began = performance.now();
  globalThis.stretching = new Worker(appPolicy.createScriptURL(new URL(content, document.baseURI).href), { type: 'module' });
  await new Promise((resolve, reject) => {
    stretching.onmessage = resolve;
    stretching.onerror = reject;
    stretching.postMessage({ pin: '274093', salt: crypto.getRandomValues(new Uint8Array(16)) });
  });
  return performance.now() - began;
})()`;

/** Milliseconds of the one worker thread below this process, start and compilation of its code included. */
function cpuOfWorker(): number {
  const found = readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && isBelowUs(pid))
    .flatMap((pid) => readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`))
    .filter((task) => readFileSync(`${task}/comm`, 'utf8').startsWith('DedicatedWorker'));
  const [task, ...others] = found;
  if (task === undefined || others.length > 0) throw new Error(`${found.length} workers`);
  const fields = statOf(task);
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function isBelowUs(pid: string): boolean {
  for (let at = pid; at !== '0' && at !== '1';) {
    if (at === String(process.pid)) return true;
    try {
      at = statOf(`/proc/${at}`)[1] ?? '0';
    } catch {
      return false;
    }
  }
  return false;
}

/** From the state on; what is before it may have spaces in it. */
const statOf = (path: string): string[] => {
  const stat = readFileSync(`${path}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};
