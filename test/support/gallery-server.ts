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

/** Serves every gallery page at `/<locale>/<id>` under the product's own content security policy. */
export async function startGalleryServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const renderer = createRenderer({ viewsFolder, cache: true });
  const assets = createStaticAssets({ viewsFolder, publicUrl: new PublicUrl('http://127.0.0.1') });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    if (assets.serve(request, response, path)) return;
    const [, locale, id] = path.split('/');
    const entry = gallery.find((one) => one.id === id);
    setSecurityHeaders(response, false, {});
    if (entry === undefined) {
      response.writeHead(404).end();
      return;
    }
    const page = galleryContext(locale as Locale, {
      assetUrl: assets.assetUrl,
      ...(entry.organisation === undefined ? {} : { organisation: entry.organisation, help: null }),
    });
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    // Pages that move on by themselves have to stand still to be looked at.
    const html = renderer.render<string>(entry.template, { ...entry.model }, page);
    response.end(html.replace(/<meta http-equiv="refresh"[^>]*>|<script [^>]*><\/script>/g, ''));
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
