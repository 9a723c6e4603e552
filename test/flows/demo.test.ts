import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { TestBrowser, type Visit } from '../support/browser.js';
import { startAndEnd, startDemoProcess, type DemoProcess } from '../support/demo-process.js';
import { freePort } from '../support/services/child-server.js';
import { until } from '../support/services/until.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Follows redirects between the two sites, as a browser does. */
async function travel(browser: TestBrowser, from: Visit): Promise<Visit> {
  let visit = await browser.follow(from);
  for (let hop = 0; hop < 10 && visit.location !== null; hop += 1) {
    visit = await browser.open(visit.location);
  }
  return visit;
}

/** Presses the button of a page that only carries a message on to another site, and goes on from there. */
async function carry(browser: TestBrowser, page: Visit): Promise<Visit> {
  expect(page.body).toMatch(/name="SAML(Request|Response)"/);
  return travel(browser, await browser.post(page, {}));
}

/** The address of the only link or form with this text. */
function addressOf(page: Visit, pattern: RegExp): string {
  const found = pattern.exec(page.body)?.[1];
  if (found === undefined) throw new Error(`no ${pattern} on ${page.url}:\n${page.body}`);
  return new URL(found, page.url).href;
}

const SIGN_IN = /href="([^"]*\/sign-in)"/;

/** Goes to a service, types the password, sets up an app from the secret on the page, and arrives. */
async function firstSignIn(browser: TestBrowser, serviceUrl: string, username: string) {
  const start = await browser.open(serviceUrl);
  const login = await travel(browser, await browser.request(addressOf(start, SIGN_IN)));
  expect(login.body).toContain('name="password"');
  const enrol = await browser.submit(login, { username, password: demo.password });
  const uri = /otpauth:\/\/totp\/[^"<]+/.exec(enrol.body)?.[0] ?? '';
  const secret = new URL(uri.replaceAll('&amp;', '&')).searchParams.get('secret') ?? '';
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const arrived = await travel(browser, await browser.post(enrol, { code: totp.generate() }));
  return { arrived, totp };
}

const folder = temporaryFolder();
let demo: DemoProcess;
let notes: string;
let planner: string;
let library: string;

beforeAll(async () => {
  demo = await startDemoProcess(folder.path, await freePort());
  notes = `${demo.siteUrl}/harbour-notes/`;
  planner = `${demo.siteUrl}/tidewater-planner/`;
  library = `${demo.siteUrl}/lighthouse-library/`;
});
afterAll(() => demo?.stop());

test('the terminal says where to go and as whom, and is otherwise quiet', () => {
  expect(demo.url).toMatch(/^http:\/\/localhost:\d+$/);
  expect(demo.stdout()).toMatch(/ready in \d+\.\d s/);
  expect(demo.stdout()).toContain('as anna, erik or mei');
  expect(demo.stdout()).not.toContain('{"');
  expect(demo.stderr()).not.toContain('{"');
  expect(demo.password).toMatch(/^[a-z]+(-[a-z]+){3}-\d\d$/);
});

test('what it keeps is for its owner alone, and the password is in no log and no table', () => {
  const kept = join(folder.path, '.drawbridge');
  expect(statSync(kept).mode & 0o077).toBe(0);
  for (const name of [
    'demo-password.txt',
    'encryption.key',
    'drawbridge.sqlite',
    'drawbridge.log',
  ]) {
    expect({ name, open: statSync(join(kept, name)).mode & 0o077 }).toEqual({ name, open: 0 });
  }
  for (const name of readdirSync(kept)) {
    const path = join(kept, name);
    if (name === 'demo-password.txt' || statSync(path).isDirectory()) continue;
    const shows = readFileSync(path, 'latin1').includes(demo.password);
    expect({ name, shows }).toEqual({ name, shows: false });
  }
  expect(readFileSync(join(kept, 'demo-password.txt'), 'utf8').trim()).toBe(demo.password);
});

test('the start page offers the services, the people, the password and the mailbox', async () => {
  const page = await new TestBrowser().open(`${demo.url}/`);
  expect(page.status).toBe(200);
  for (const text of [
    notes,
    planner,
    library,
    'Anna Lindqvist',
    demo.password,
    `${demo.siteUrl}/mailbox/`,
  ]) {
    expect(page.body).toContain(text);
  }
});

test("the newcomer's story: password, app, code, in; again unasked; out; asked again", async () => {
  const browser = new TestBrowser();
  const { arrived, totp } = await firstSignIn(browser, notes, 'anna');
  expect(arrived.url).toBe(notes);
  expect(arrived.body).toContain('Welcome, Anna Lindqvist');
  expect(arrived.body).toContain('anna@example.org');
  expect(arrived.body).toContain('Two different factors');
  expect(arrived.body).toContain('a password and a one-time code');

  const again = await travel(browser, await browser.request(`${notes}sign-in`));
  expect(again.body).toContain('Welcome, Anna Lindqvist');

  const renewed = await travel(browser, await browser.request(`${notes}renew`, { method: 'POST' }));
  expect(renewed.body).toContain('Renewed');

  const out = await travel(browser, await browser.request(`${notes}sign-out`, { method: 'POST' }));
  expect(out.url).toMatch(/\/harbour-notes\/signed-out/);
  expect(out.body).toContain('You are signed out');

  const login = await travel(browser, await browser.request(`${notes}sign-in`));
  expect(login.body).toContain('name="password"');
  const code = await browser.submit(login, { username: 'anna', password: demo.password });
  expect(code.body).toContain('name="code"');
  expect(code.body).not.toContain('otpauth:');
  const next = totp.generate({ timestamp: Date.now() + 30_000 });
  const back = await travel(browser, await browser.post(code, { code: next }));
  expect(back.body).toContain('Welcome, Anna Lindqvist');
});

test('the other service asks for consent, and takes no for an answer', async () => {
  const browser = new TestBrowser();
  const { arrived: consent } = await firstSignIn(browser, planner, 'mei');
  expect(consent.body).toContain('Tidewater Planner');
  expect(consent.body).toContain('name="consent"');
  const declined = await travel(browser, await browser.post(consent, { consent: 'deny' }));
  expect(declined.body).toContain('You did not sign in');

  const asked = await travel(browser, await browser.request(`${planner}sign-in`));
  const allowed = await travel(browser, await browser.post(asked, { consent: 'allow' }));
  expect(allowed.body).toContain('Welcome, Mei Tanaka');
  expect(allowed.body).not.toContain('managers');

  const noted = await travel(browser, await browser.request(`${notes}sign-in`));
  expect(noted.body).toContain('finance, managers, staff');
});

test('a service that speaks SAML is entered unasked, and one sign-out leaves both', async () => {
  const browser = new TestBrowser();
  const { arrived, totp } = await firstSignIn(browser, notes, 'erik');
  expect(arrived.body).toContain('Welcome, Erik Sandberg');

  const enter = async () =>
    carry(browser, await travel(browser, await browser.request(`${library}sign-in`)));
  const entered = await enter();
  expect(entered.url).toBe(library);
  expect(entered.body).toContain('Welcome, Erik Sandberg');
  expect(entered.body).toContain('erik@example.org');
  expect(entered.body).toContain('Two different factors');
  const asked = await travel(browser, await browser.request(`${library}sign-in?again=1`));
  expect(asked.body).toContain('name="password"');

  const left = await travel(browser, await browser.request(`${notes}sign-out`, { method: 'POST' }));
  expect(left.body).toContain('You are signed out');
  expect((await browser.open(library)).body).not.toContain('Welcome');

  const login = await travel(browser, await browser.request(`${notes}sign-in`));
  const code = await browser.submit(login, { username: 'erik', password: demo.password });
  const next = totp.generate({ timestamp: Date.now() + 30_000 });
  await travel(browser, await browser.post(code, { code: next }));
  await enter();
  const out = await travel(
    browser,
    await browser.request(`${library}sign-out`, { method: 'POST' }),
  );
  expect(out.body).toContain('You are signed out');
  await until(async () => !(await browser.open(notes)).body.includes('Welcome'));
  const again = await travel(browser, await browser.request(`${library}sign-in`));
  expect(again.body).toContain('name="password"');
});

describe('the demo site', () => {
  test('answers to its own name only, because it shows mail', async () => {
    const { port } = new URL(demo.siteUrl);
    const visit = await new TestBrowser({
      route: (url) => new URL(url.pathname, `http://localhost:${port}`),
    }).open(`http://localhost:${port}/mailbox/`);
    expect(visit.status).toBe(400);
  });

  test('shows the mail that told Anna of her new app', async () => {
    const browser = new TestBrowser();
    let body = '';
    for (let tries = 0; tries < 100 && !body.includes('anna@example.org'); tries += 1) {
      body = (await browser.open(`${demo.siteUrl}/mailbox/`)).body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(body).toContain('anna@example.org');
    expect(body).not.toContain('password was changed');
  });

  test('a token about a logout that Drawbridge did not make ends nothing', async () => {
    const body = new URLSearchParams({ logout_token: 'e30.e30.x' });
    const visit = await new TestBrowser().request(`${notes}backchannel-logout`, {
      method: 'POST',
      body,
    });
    expect(visit.status).toBe(400);
  });

  test('an answer that belongs to no sign-in of this browser is not taken', async () => {
    const visit = await new TestBrowser().open(`${notes}callback?code=x&state=y`);
    expect(visit.status).toBe(400);
    expect(visit.body).toContain('Sign in once more');
  });
});

test('a second start on another port finds the same people', async () => {
  const other = temporaryCopy();
  const first = await startDemoProcess(other, await freePort());
  expect(await first.stop()).toBe(0);
  const second = await startDemoProcess(other, await freePort());
  expect(second.password).toBe(first.password);
  expect(second.url).not.toBe(first.url);
  expect(await second.stop()).toBe(0);
  expect(second.stderr()).not.toContain('Error');
});

describe('refuses to start', () => {
  test('in production without a configuration, and says what to write', async () => {
    const { code, stderr, stdout } = await startAndEnd(temporaryCopy(), {
      NODE_ENV: 'production',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('public_url: https://login.example.org');
    expect(stderr).toContain('DRAWBRIDGE_CONFIG=/etc/drawbridge/drawbridge.yaml');
    expect(stdout).toBe('');
  });

  test('with a configuration that is wrong, and says all of it at once', async () => {
    const { code, stderr } = await startAndEnd(temporaryCopy(), {
      DRAWBRIDGE_CONFIG: resolve('config/drawbridge.yaml'),
    });
    expect(code).toBe(1);
    for (const name of ['DRAWBRIDGE_ENCRYPTION_KEY', 'PAYROLL_SECRET', 'TRAVEL_AGENCY_SECRET']) {
      expect(stderr).toContain(`Set ${name} in`);
    }
  });

  test('on a port that is taken, and says which to try', async () => {
    const { port } = new URL(demo.url);
    const { code, stderr } = await startAndEnd(temporaryCopy(), { PORT: port });
    expect(code).toBe(1);
    expect(stderr).toContain(`PORT=${Number(port) + 1} npm start`);
  });
});

/** A further working folder, as empty as the first one was. */
function temporaryCopy(): string {
  copies += 1;
  return join(folder.write(`copy-${copies}/here.txt`, ''), '..');
}
let copies = 0;
