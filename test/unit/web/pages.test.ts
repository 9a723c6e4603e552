import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PublicUrl } from '../../../src/config/public-url.js';
import { createCookies } from '../../../src/web/cookies.js';
import { createRenderer } from '../../../src/web/create-renderer.js';
import { sendErrorPage } from '../../../src/web/error-page.js';
import { failureView } from '../../../src/web/failure-view.js';
import { createLocales } from '../../../src/web/locale.js';
import { createPageContext } from '../../../src/web/page-context.js';
import { securityHeaders } from '../../../src/web/security-headers.js';
import { createPageSender } from '../../../src/web/send-page.js';
import { createStaticAssets } from '../../../src/web/static-assets.js';
import { viewsFolder } from '../../support/gallery-server.js';

const publicUrl = new PublicUrl('http://localhost:3000/idp');
const assets = createStaticAssets({ viewsFolder, publicUrl });
const renderer = createRenderer({ viewsFolder, cache: true });
const context = createPageContext({
  publicUrl,
  organisation: 'Northgate',
  help: null,
  timeZone: 'UTC',
  assetUrl: assets.assetUrl,
});
const failure = failureView('wrong_credentials', 'AAAAA-BBBBB');
const pages = createPageSender({
  renderer,
  pageContext: context,
  locales: createLocales({ cookies: createCookies(publicUrl), fallback: 'en' }),
  publicUrl,
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '').replace(/^\/idp/, '').replace(/\?.*/, '');
  if (assets.serve(request, response, path)) return;
  sendErrorPage(pages, request, response, {
    reason: path === '/busy' ? 'overloaded' : 'unknown_person',
    reference: 'AAAAA-BBBBB',
    ...(path === '/busy' ? { retryAfterSeconds: 2 } : {}),
  });
}

describe('over HTTP', () => {
  const server = createServer(answer);
  let base: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  test('an error page shows the vaguer reason, its code and the reference, and is kept nowhere', async () => {
    const response = await fetch(`${base}/idp/x?a=1`, { headers: { 'accept-language': 'sv' } });
    const html = await response.text();
    expect(response.status).toBe(400);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-language')).toBe('sv');
    expect(html).toContain('DB-101');
    expect(html).not.toContain('DB-102');
    expect(html).toContain('AAAAA-BBBBB');
    expect(html).toContain('href="/idp/x?a=1&amp;lang=en"');
  });

  test('a page with nothing to go back to leads to the first page', async () => {
    const html = await (await fetch(`${base}/idp/nothing`)).text();
    expect(html).toContain('<a class="button" href="/idp/">To the first page</a>');
    expect(html).toContain('If you ask for help, tell them this:');
  });

  test('where there is somebody to ask, the code is what to tell them, and not their address', async () => {
    const page = context('en', '/x');
    const model = { failure, retryUrl: '/start', service: null, serviceUrl: null };
    const help = { text: 'help@example.org', href: 'mailto:help@example.org' };
    const html = renderer.render('errors/error', model, { ...page, help });
    const words = html.replaceAll(/<[^>]+>/g, '').replaceAll(/\s+/g, ' ');
    expect(words).toContain('Get help: help@example.org There, tell them this: Code DB-101');
    expect(html).not.toContain('To the first page');
  });

  test('overload says when to come back', async () => {
    const response = await fetch(`${base}/busy`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
  });

  test('files are found below the mount path, compressed, and kept for good', async () => {
    const response = await fetch(base + assets.assetUrl('drawbridge.css'));
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const css = await response.text();
    for (const [, font] of css.matchAll(/url\(([^)]+)\)/g)) {
      const file = await fetch(new URL(font!, response.url));
      expect(file.headers.get('content-type')).toBe('font/woff2');
    }
  });

  test('a page of another version gets the file, which is then not kept', async () => {
    const response = await fetch(`${base}/idp/assets/0000000000000000/mark.svg`);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  test('files are read only', async () => {
    const response = await fetch(base + assets.assetUrl('mark.svg'), { method: 'POST' });
    expect(response.status).toBe(405);
    const other = await fetch(`${base}/idp/assets/0000000000000000/..%2fdrawbridge.css`);
    expect(other.status).toBe(400);
  });
});

describe('security headers', () => {
  const policy = (page: Parameters<typeof securityHeaders>[1]) =>
    securityHeaders(true, page)['Content-Security-Policy'];

  test('the strictest by default', () => {
    expect(policy({})).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(securityHeaders(true, {})).toMatchObject({
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Strict-Transport-Security': 'max-age=31536000',
    });
    expect(securityHeaders(false, {})['Strict-Transport-Security']).toBeUndefined();
  });

  test('loosened only where a page asks', () => {
    expect(policy({ formAction: 'anywhere' })).not.toContain('form-action');
    expect(policy({ script: true })).toContain("script-src 'self';");
    expect(securityHeaders(true, { popup: true })['Cross-Origin-Opener-Policy']).toBe(
      'unsafe-none',
    );
  });
});

test('a static file that does not exist is a mistake of ours', () => {
  expect(() => assets.assetUrl('nothing.css')).toThrow();
});
