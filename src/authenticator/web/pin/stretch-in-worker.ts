import { scriptUrl } from '../trusted-types.js';

/** Argon2id in a worker of its own, so that the page stays alive. @throws Error when the browser cannot do it */
export async function stretchInWorker(pin: string, salt: Uint8Array): Promise<Uint8Array> {
  const worker = new Worker(scriptUrl(workerAddress()), { type: 'module' });
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      worker.onmessage = (event: MessageEvent<Uint8Array>) => resolve(event.data);
      worker.onerror = () => reject(new Error('the PIN could not be computed with'));
      worker.postMessage({ pin, salt });
    });
  } finally {
    worker.terminate();
  }
}

/** The build writes the name with its hash into the page. */
function workerAddress(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="stretch-worker"]');
  return new URL(meta?.content ?? '', document.baseURI).href;
}
