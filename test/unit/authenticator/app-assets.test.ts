import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAppAssets } from '../../../src/authenticator/app-assets.js';
import { PublicUrl } from '../../../src/config/public-url.js';
import { phoneAppFolder } from '../../../src/server/package-folder.js';
import { buildApp } from '../../support/phone-app/build-app.js';

let built: string;
beforeAll(async () => {
  built = await buildApp();
}, 60_000);

test('the first load is light, and the build says so', () => {
  const [, firstLoad, scanner] =
    /first load ([\d.]+) kB gzipped, scanner when needed ([\d.]+) kB/.exec(built) ?? [];
  expect(Number(firstLoad)).toBeLessThanOrEqual(90);
  expect(Number(firstLoad)).toBeGreaterThan(30);
  expect(Number(scanner)).toBeLessThanOrEqual(50);
});

describe('the app as it is served', () => {
  let url: string;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (!assets.serve(request, response, path)) response.writeHead(404).end('not the app');
  });
  let assets: ReturnType<typeof createAppAssets>;
  beforeAll(async () => {
    assets = createAppAssets({
      folder: phoneAppFolder(),
      publicUrl: new PublicUrl('https://id.example/idp'),
      organisation: 'Fish & "Chips" <b>',
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  test('has exactly this policy on all of its files', async () => {
    const policy =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
      "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
      "require-trusted-types-for 'script'; trusted-types app";
    const page = await (await fetch(`${url}/authenticator/`)).text();
    const names = [
      ...page.matchAll(/(?:href|src|content)="([\w./-]+\.(?:js|css|png|svg|webmanifest))"/g),
    ];
    expect(names.length).toBeGreaterThanOrEqual(5);
    for (const name of ['', 'sw.js', ...names.map(([, found]) => found)]) {
      const response = await fetch(`${url}/authenticator/${name}`);
      expect([name, response.status]).toEqual([name, 200]);
      expect(response.headers.get('content-security-policy')).toBe(policy);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000');
      const isPage = name === '';
      expect(response.headers.has('permissions-policy')).toBe(isPage);
      expect(response.headers.has('cross-origin-opener-policy')).toBe(isPage);
      const isHashed = String(name).startsWith('assets/');
      expect(response.headers.get('cache-control')).toMatch(isHashed ? /immutable/ : /^no-cache$/);
    }
  });

  test('is sent once more only when it changed', async () => {
    for (const name of ['', 'sw.js', 'app.webmanifest', 'icon-192.png']) {
      const address = `${url}/authenticator/${name}`;
      const etag = (await fetch(address)).headers.get('etag') ?? '';
      const again = await fetch(address, { headers: { 'if-none-match': etag } });
      expect([name, again.status, await again.text()]).toEqual([name, 304, '']);
      const other = await fetch(address, { headers: { 'if-none-match': 'W/"other"' } });
      expect([name, other.status]).toEqual([name, 200]);
    }
  });

  test('has no inline script, style or handler, and the organisation as text', async () => {
    const page = await (await fetch(`${url}/authenticator/`)).text();
    expect(page).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*src=)/);
    expect(page).not.toContain('{{');
    expect(page).toContain('content="Fish &amp; &quot;Chips&quot; &lt;b>"');
    const manifest = await (await fetch(`${url}/authenticator/app.webmanifest`)).json();
    expect(manifest).toMatchObject({
      name: 'Fish & "Chips" <b> Authenticator',
      scope: './',
      start_url: './',
    });
  });

  test('leaves the API and everything else alone', async () => {
    for (const path of [
      '/authenticator/api/time',
      '/authenticator/app.json',
      '/authenticator/../package.json',
      '/',
    ]) {
      expect(assets.serve({ method: 'GET', headers: {} } as never, {} as never, path)).toBe(false);
    }
    const moved = await fetch(`${url}/authenticator`, { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([308, '/idp/authenticator/']);
    expect((await fetch(`${url}/authenticator/`, { method: 'POST' })).status).toBe(405);
    const head = await fetch(`${url}/authenticator/sw.js`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('another organisation is another version, so that phones take it', async () => {
    const own = await (await fetch(`${url}/authenticator/sw.js`)).text();
    const version = (text: string) => /^const APP_VERSION="([0-9a-f]{16})"/.exec(text)?.[1];
    expect(version(own)).toBeDefined();
    assets = createAppAssets({
      folder: phoneAppFolder(),
      publicUrl: new PublicUrl('https://id.example/idp'),
      organisation: 'Another',
    });
    expect(version(await (await fetch(`${url}/authenticator/sw.js`)).text())).not.toBe(
      version(own),
    );
  });
});
