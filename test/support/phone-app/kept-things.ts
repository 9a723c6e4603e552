import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

// For the page, as text: the rest of the code base is checked without the browser's types.
const dumpScript = `(async () => {
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const b64u = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const plain = (name, value) =>
    ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? { hex: hex(value.buffer ?? value), b64u: b64u(value.buffer ?? value) }
    : value instanceof CryptoKey ? { key: value.type, extractable: value.extractable, usages: value.usages }
    : value;
  const settled = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const databases = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      databases[name + '/' + store] = await settled(database.transaction(store).objectStore(store).getAll());
    }
    database.close();
  }
  const caches_ = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) caches_[request.url] = await (await cache.match(request)).text();
  }
  const dump = { databases, caches: caches_, local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie, address: location.href, history: history.state };
  return JSON.stringify(dump, plain);
})()`;

/** Everything that the app can read of what the browser keeps for it. */
export async function keptByBrowser(page: Page): Promise<{
  databases: Record<string, unknown[]>;
  caches: Record<string, string>;
  text: string;
}> {
  const text = await page.evaluate<string>(dumpScript);
  return { ...(JSON.parse(text) as { databases: never; caches: never }), text };
}

/** Files of a browser's profile that have one of these in them, as `file: name`. */
export function filesWith(
  folder: string,
  forbidden: Readonly<Record<string, Buffer | string>>,
): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const content = readFileSync(join(entry.parentPath, entry.name));
      return Object.entries(forbidden)
        .filter(([, needle]) => content.includes(needle))
        .map(([name]) => `${entry.name}: ${name}`);
    });
}
