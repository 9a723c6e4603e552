import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PublicUrl } from '../config/public-url.js';
import { appHeaders, documentHeaders } from './app-headers.js';
import { appManifest } from './app-manifest.js';

/** The phone app as it is served at `/authenticator/`, all in memory. */
export interface AppAssets {
  /** Answers paths of the app (below the mount path); `false` for all others, those of the API among them. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): boolean;
}

interface Asset {
  type: string;
  content: Buffer;
  gzipped: Buffer | null;
  /** Its name changes whenever its content does. */
  immutable: boolean;
  etag: string;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** @param folder what the build made; `null` when it did not, as in tests that do without the app: then nothing is served */
export function createAppAssets(deps: {
  folder: string | null;
  publicUrl: PublicUrl;
  organisation: string;
}): AppAssets {
  const { folder, publicUrl } = deps;
  if (folder === null) return { serve: () => false };
  const assets = loadAssets(folder, deps.organisation);
  const headers = appHeaders(publicUrl.secure);
  return {
    serve(request, response, path) {
      if (path === '/authenticator') {
        response.writeHead(308, { Location: publicUrl.path('/authenticator/') }).end();
        return true;
      }
      const name = /^\/authenticator\/([\w./-]*)$/.exec(path)?.[1];
      const asset = name === undefined ? undefined : assets.get(name === '' ? 'index.html' : name);
      if (asset === undefined) return false;
      send(request, response, asset, headers);
      return true;
    },
  };
}

function loadAssets(folder: string, organisation: string): ReadonlyMap<string, Asset> {
  const { kept } = JSON.parse(readFileSync(join(folder, 'app.json'), 'utf8')) as { kept: string[] };
  const contents = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1).replaceAll('\\', '/');
    if (entry.isFile() && name !== 'app.json' && extname(name) in types) {
      contents.set(name, readFileSync(path));
    }
  }
  const title = { name: `${organisation} Authenticator`, short: 'Authenticator' };
  contents.set('app.webmanifest', Buffer.from(JSON.stringify(appManifest(title))));
  contents.set('index.html', page(contents.get('index.html'), organisation, title));
  contents.set('sw.js', serviceWorker(contents, kept));
  return new Map([...contents].map(([name, content]) => [name, assetOf(name, content)]));
}

function assetOf(name: string, content: Buffer): Asset {
  const extension = extname(name);
  return {
    type: types[extension] ?? 'application/octet-stream',
    content,
    gzipped: extension === '.png' ? null : gzipSync(content),
    immutable: name.startsWith('assets/'),
    // Weak, as it is the same compressed or not.
    etag: `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
  };
}

function page(
  template: Buffer | undefined,
  organisation: string,
  title: { name: string; short: string },
): Buffer {
  const values: Record<string, string> = {
    title: title.name,
    'short-title': title.short,
    organisation,
  };
  const html = String(template).replace(/\{\{([\w-]+)\}\}/g, (_, name: string) =>
    escapeAttribute(values[name] ?? ''),
  );
  return Buffer.from(html);
}

/** The version is that of everything the app is made of, so that a phone takes all of a new version or none. */
function serviceWorker(contents: ReadonlyMap<string, Buffer>, kept: readonly string[]): Buffer {
  const files = ['', 'app.webmanifest', ...kept];
  const hash = createHash('sha256');
  for (const name of ['index.html', 'sw.js', ...files.slice(1)]) {
    hash.update(`${name}\0`).update(contents.get(name) ?? '');
  }
  const version = hash.digest('hex').slice(0, 16);
  const start = `const APP_VERSION=${JSON.stringify(version)},APP_FILES=${JSON.stringify(files)};\n`;
  return Buffer.concat([Buffer.from(start), contents.get('sw.js') ?? Buffer.alloc(0)]);
}

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function send(
  request: IncomingMessage,
  response: ServerResponse,
  asset: Asset,
  headers: Readonly<Record<string, string>>,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const caching = {
    'Cache-Control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: asset.etag,
    ...(asset.gzipped === null ? {} : { Vary: 'Accept-Encoding' }),
  };
  if (request.headers['if-none-match'] === asset.etag) {
    response.writeHead(304, caching).end();
    return;
  }
  const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = (gzip ? asset.gzipped : null) ?? asset.content;
  response.writeHead(200, {
    ...headers,
    ...(asset.type.startsWith('text/html') ? documentHeaders : {}),
    'Content-Type': asset.type,
    'Content-Length': body.length,
    ...caching,
    ...(body === asset.gzipped ? { 'Content-Encoding': 'gzip' } : {}),
  });
  response.end(body);
}
