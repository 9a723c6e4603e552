import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../src/kernel/clock.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { createToyPhone } from '../support/toy/toy-phone.js';
import { toyParty, toyProtocol } from '../support/toy/toy-protocol.js';

const phone = createToyPhone(systemClock, new Set(['tess']));
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [toyParty],
    processes: 1,
    choices: { factors: [phone.factor], protocols: [toyProtocol] },
  });
  await addPerson(server.drawbridge, 'tess', { otp: false });
});
afterAll(() => server.close());

async function waiting(browser: TestBrowser): Promise<Visit> {
  const password = await browser.open(`${server.url}/toy`);
  return browser.submit(password, { username: 'tess', password: PASSWORD });
}

test('loading the page again goes on once the phone has said yes', async () => {
  const browser = new TestBrowser();
  const page = await waiting(browser);
  expect(phone.asked).toMatchObject({ service: 'Toy box', knownBrowser: false });
  const still = await browser.open(page.url);
  expect([still.status, still.url]).toEqual([200, page.url]);
  phone.answer('yes');
  const arrived = await browser.open(page.url);
  expect(JSON.parse(arrived.body)).toMatchObject({ who: 'tess', amr: ['pwd', 'toy', 'mfa'] });
});

test('of pages loaded at once when the answer is there, exactly one arrives', async () => {
  const browser = new TestBrowser();
  const page = await waiting(browser);
  phone.answer('yes');
  const pages = await Promise.all([1, 2, 3, 4].map(() => browser.open(page.url)));
  const arrived = pages.filter(({ body }) => body.includes('"who":"tess"'));
  expect(arrived).toHaveLength(1);
});

test('a refusal is shown once and stays; asking again asks anew', async () => {
  const browser = new TestBrowser();
  const page = await waiting(browser);
  phone.answer('no');
  const refused = await browser.open(page.url);
  const again = await browser.open(page.url);
  expect([refused.body, again.body]).toEqual([
    expect.stringContaining('<title>Error:'),
    expect.stringContaining('<title>Error:'),
  ]);
  const { db } = server.drawbridge.base.database;
  const rows = await db
    .selectFrom('audit_events')
    .select('reason')
    .where('kind', '=', 'sign_in.failed')
    .execute();
  expect(rows).toEqual([{ reason: 'wrong_code' }]);
  const left = phone.left;
  await browser.submit(again, { method: 'toy-phone' });
  expect(phone.left).toBe(left + 1);
  phone.answer('yes');
  const arrived = await browser.open(page.url);
  expect(JSON.parse(arrived.body)).toMatchObject({ who: 'tess' });
});

test('cancelling takes the request back from the phone', async () => {
  const browser = new TestBrowser();
  const page = await waiting(browser);
  const left = phone.left;
  await browser.submit(page, { cancel: 'yes' });
  expect(phone.left).toBe(left + 1);
});

test('another browser sees nothing and moves nothing on', async () => {
  const page = await waiting(new TestBrowser());
  phone.answer('yes');
  const other = await new TestBrowser().open(page.url);
  expect(other.status).toBeGreaterThanOrEqual(400);
  const changes = await new TestBrowser().open(`${page.url}/changes`);
  expect(changes.body).not.toContain('event: changed');
});

test('a page that listens is told when it is worth loading it, and not before', async () => {
  const browser = new TestBrowser();
  const page = await waiting(browser);
  const cookie = await browser.jar.getCookieString(page.url);
  const stream = await fetch(`${page.url}/changes`, { headers: { cookie } });
  expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const first = reader.read();
  const quiet = await Promise.race([first, new Promise((done) => setTimeout(done, 50, 'quiet'))]);
  expect(quiet).toBe('quiet');
  phone.answer('yes');
  expect((await first).value).toContain('event: changed');
  await reader.cancel();
  await browser.open(page.url);
  const over = await fetch(`${page.url}/changes`, { headers: { cookie } });
  expect(over.status).toBeGreaterThanOrEqual(400);
});
