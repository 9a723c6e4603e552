import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { PublicUrl } from '../../src/config/public-url.js';
import { createRenderer } from '../../src/web/create-renderer.js';
import type { Locale } from '../../src/web/renderer.js';
import { setSecurityHeaders } from '../../src/web/security-headers.js';
import { createStaticAssets } from '../../src/web/static-assets.js';
import { galleryContext } from './gallery-context.js';
import { gallery } from './gallery.js';

export const viewsFolder = fileURLToPath(new URL('../../views', import.meta.url));

/**
 * Serves every gallery page at `/<locale>/<id>` under the product's own content security policy; with `?moving`
 * the pages that move on by themselves may do so.
 */
export async function startGalleryServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const renderer = createRenderer({ viewsFolder, cache: true });
  const assets = createStaticAssets({ viewsFolder, publicUrl: new PublicUrl('http://127.0.0.1') });
  const server = createServer((request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const moving = searchParams.has('moving');
    if (assets.serve(request, response, path)) return;
    const [, locale, id] = path.split('/');
    const entry = gallery.find((one) => one.id === id);
    setSecurityHeaders(response, false, moving ? { script: true, formAction: 'anywhere' } : {});
    if (entry === undefined) {
      response.writeHead(404).end('no such page');
      return;
    }
    const page = galleryContext(locale as Locale, {
      assetUrl: assets.assetUrl,
      ...(entry.organisation === undefined ? {} : { organisation: entry.organisation, help: null }),
    });
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    const html = renderer.render<string>(entry.template, { ...entry.model }, page);
    // What moves on by itself has to stand still to be looked at.
    const still = html.replace(/<meta http-equiv="refresh"[^>]*>|<script [^>]*><\/script>/g, '');
    response.end(moving ? html : still);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
