import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ownCertificate } from '../../../src/demo/own-certificate.js';
import { fetchTrusting } from '../../../src/demo/site/fetch-trusting.js';
import { systemRandom } from '../../../src/kernel/random.js';
import { ManualClock } from '../../support/manual-clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const clock = new ManualClock(Date.now());
const make = (host: string) => ownCertificate(folder.path, host, { clock, random: systemRandom });

test('is kept for its owner alone, names the host, and lasts no longer than phones accept', async () => {
  const made = await make('laptop.local');
  expect(await readdir(folder.path)).toEqual(['https.pem']);
  expect((await stat(join(folder.path, 'https.pem'))).mode & 0o777).toBe(0o600);
  const read = new X509Certificate(made.certificate);
  expect(read.checkHost('laptop.local')).toBe('laptop.local');
  expect(read.checkHost('localhost')).toBe('localhost');
  expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(read.checkHost('elsewhere.local')).toBeUndefined();
  expect(read.ca).toBe(false);
  expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  const days = (Date.parse(read.validTo) - Date.parse(read.validFrom)) / 86_400_000;
  expect(days).toBeLessThanOrEqual(825);
  expect(made.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  expect(await make('laptop.local')).toEqual(made);
  expect(await make('localhost')).toEqual(made);
});

test('is made anew for another host, when it runs out, and when the file is broken', async () => {
  const first = await make('192.168.1.20');
  expect(new X509Certificate(first.certificate).checkIP('192.168.1.20')).toBe('192.168.1.20');
  expect(await make('192.168.1.20')).toEqual(first);
  expect(await make('192.168.1.21')).not.toEqual(first);
  const second = await make('192.168.1.21');
  clock.advance(364 * 86_400_000);
  const third = await make('192.168.1.21');
  expect(third).not.toEqual(second);
  await writeFile(join(folder.path, 'https.pem'), second.key + third.certificate);
  expect(await make('192.168.1.21')).not.toEqual(third);
  await writeFile(join(folder.path, 'https.pem'), 'nonsense');
  const last = await make('192.168.1.21');
  expect(await readFile(join(folder.path, 'https.pem'), 'utf8')).toBe(last.key + last.certificate);
});

test('is believed by the demo’s own services, and by nothing else', async () => {
  const made = await ownCertificate(folder.path, 'localhost', {
    clock: new ManualClock(Date.now()),
    random: systemRandom,
  });
  const other = await ownCertificate(folder.path, 'other.local', {
    clock: new ManualClock(Date.now()),
    random: systemRandom,
  });
  const server = createServer({ key: made.key, cert: made.certificate }, (request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method: request.method, body }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `https://localhost:${port}/`;
  try {
    const body = new URLSearchParams({ a: '1' });
    const answer = await fetchTrusting(made.certificate)(url, { method: 'POST', body });
    expect(await answer.json()).toEqual({ method: 'POST', body: 'a=1' });
    await expect(fetchTrusting(other.certificate)(url)).rejects.toThrow(/self-signed|verify/);
    await expect(fetch(url)).rejects.toThrow();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
