import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PublicUrl } from '../config/public-url.js';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Served under the names the style sheet uses. Other scripts fall back to the system's font. */
const fonts: Readonly<Record<string, string>> = {
  'inter-latin.woff2': '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  'inter-latin-ext.woff2': '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2',
};

interface Asset {
  type: string;
  content: Buffer;
  gzipped: Buffer | null;
}

/** Style sheet, fonts, mark and script, all in memory. */
export interface StaticAssets {
  /** Path with the version in it. @throws Error for a name that does not exist */
  assetUrl: (name: string) => string;
  /** Answers `/assets/<version>/<name>` (path below the mount path); `false` when it is none of its own. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): boolean;
}

/** @param viewsFolder its `assets/` is read once */
export function createStaticAssets(deps: {
  viewsFolder: string;
  publicUrl: PublicUrl;
}): StaticAssets {
  const assets = loadAssets(join(deps.viewsFolder, 'assets'));
  const version = versionOf(assets);
  return {
    assetUrl(name) {
      if (!assets.has(name)) throw new Error(`there is no static file "${name}"`);
      return deps.publicUrl.path(`/assets/${version}/${name}`);
    },
    serve(request, response, path) {
      const match = /^\/assets\/([0-9a-f]{16})\/([a-z0-9.-]+)$/.exec(path);
      const asset = match === null ? undefined : assets.get(match[2] ?? '');
      if (asset === undefined) return false;
      send(request, response, asset, match?.[1] === version);
      return true;
    },
  };
}

function loadAssets(folder: string): ReadonlyMap<string, Asset> {
  const require = createRequire(import.meta.url);
  const files = [
    ...readdirSync(folder).map((name) => [name, join(folder, name)] as const),
    ...Object.entries(fonts).map(([name, id]) => [name, require.resolve(id)] as const),
  ].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    files.map(([name, path]) => {
      const content = readFileSync(path);
      const type = types[extname(name)] ?? 'application/octet-stream';
      const gzipped = extname(name) === '.woff2' ? null : gzipSync(content);
      return [name, { type, content, gzipped }];
    }),
  );
}

/** One version for all, so that the style sheet can name fonts relative to itself. */
function versionOf(assets: ReadonlyMap<string, Asset>): string {
  const hash = createHash('sha256');
  for (const [name, asset] of assets)
    hash.update(`${name} ${asset.content.length}\n`).update(asset.content);
  return hash.digest('hex').slice(0, 16);
}

/**
 * A page of another version (a rolling upgrade) still gets the file by name, but such an answer is not kept.
 */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  asset: Asset,
  current: boolean,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = (gzip ? asset.gzipped : null) ?? asset.content;
  response.writeHead(200, {
    'Content-Type': asset.type,
    'Content-Length': body.length,
    'Cache-Control': current ? 'public, max-age=31536000, immutable' : 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(asset.gzipped === null ? {} : { Vary: 'Accept-Encoding' }),
    ...(body === asset.gzipped ? { 'Content-Encoding': 'gzip' } : {}),
  });
  response.end(body);
}
