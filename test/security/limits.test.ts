import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { startTestServer, type TestServer } from '../support/start-server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ relyingParties: [] });
});
afterAll(() => server.close());

const queued = async () => {
  const { db } = server.drawbridge.base.database;
  const rows = await db.selectFrom('jobs').select('id').execute();
  return rows.length;
};

test('one address cannot write requests for links without end, and is answered alike', async () => {
  const browser = new TestBrowser();
  const page = await browser.open(`${server.url}/password/forgot`);
  const answers = new Set<string>();
  for (let turn = 0; turn < 70; turn += 1) {
    const { status, location } = await browser.post(page, { username: `nobody${turn}` });
    answers.add(`${status} ${location}`);
  }
  expect(answers).toEqual(new Set([`303 ${server.url}/password/forgot/sent`]));
  expect(await queued()).toBe(60);
});

test('keys may be cached for less time than a new one is published before it signs', async () => {
  const jwks = await fetch(`${server.url}/jwks`);
  expect(jwks.headers.get('cache-control')).toBe('public, max-age=600');
});

test('a server that is about to stop says so to load balancers first', async () => {
  server.drawbridge.announceClosing();
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
});
