import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fetchTrusting } from '../../src/demo/site/fetch-trusting.js';
import { startAndEnd, startDemoProcess } from '../support/demo-process.js';
import { freePort } from '../support/services/child-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

test('npm start -- --https serves https with an own certificate that its services know', async () => {
  const port = await freePort();
  const demo = await startDemoProcess(folder.path, port, ['--https']);
  try {
    expect(demo.url).toBe(`https://localhost:${port}`);
    const file = join(folder.path, '.drawbridge', 'https.pem');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const pem = await readFile(file, 'utf8');
    const certificate = pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----'));
    const { X509Certificate } = await import('node:crypto');
    const { fingerprint256 } = new X509Certificate(certificate);
    expect(demo.stdout().replace(/\s+/g, ':')).toContain(fingerprint256);
    expect(demo.stdout()).not.toContain('PRIVATE KEY');

    const trusting = fetchTrusting(certificate);
    const home = await trusting(`${demo.url}/`);
    expect(home.status).toBe(200);
    expect(home.headers.get('strict-transport-security')).not.toBeNull();
    expect((await trusting(`${demo.url}/authenticator/`)).status).toBe(200);
    await expect(fetch(`${demo.url}/`)).rejects.toThrow();
    for (const service of ['harbour-notes', 'lighthouse-library']) {
      const start = await fetch(`${demo.siteUrl}/${service}/sign-in`, { redirect: 'manual' });
      expect(start.headers.get('location')).toMatch(new RegExp(`^${demo.url}/`));
    }
  } finally {
    expect(await demo.stop()).toBe(0);
  }
}, 60_000);

test('what cannot be understood is said, and nothing starts', async () => {
  const { code, stderr } = await startAndEnd(folder.path, {}, ['--host', '192.168.1.20']);
  expect(code).toBe(1);
  expect(stderr).toContain('--https');
});
