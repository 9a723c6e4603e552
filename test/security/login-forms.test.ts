import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser, formOf, type Visit } from '../support/browser.js';
import { answerOf } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { setScene, upToCode, type Scene } from './support/scene.js';
import { changingNothing, expectNoTraces } from './support/ledger.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

async function passwordPage(): Promise<{ browser: TestBrowser; page: Visit }> {
  const browser = new TestBrowser();
  return { browser, page: await browser.open((await scene.payroll.request()).url) };
}

/** Posts a body as it is to the form of a page. */
function postRaw(browser: TestBrowser, page: Visit, body: string, type?: string): Promise<Visit> {
  return browser.request(formOf(page).action, {
    method: 'POST',
    headers: { 'content-type': type ?? 'application/x-www-form-urlencoded' },
    body,
  });
}

const query = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

describe('the password form', () => {
  test('B52: an empty password or name => 400, and nobody is asked', async () => {
    const who = await scene.somebody();
    const { browser, page } = await passwordPage();
    const { db } = scene.server.drawbridge.base.database;
    for (const fields of [
      { username: who.username, password: '' },
      { username: '', password: PASSWORD },
      { username: '   ', password: PASSWORD },
      { username: who.username },
    ]) {
      const visit = await changingNothing(scene, () =>
        browser.post(page, fields as Record<string, string>),
      );
      expect(visit.status).toBe(400);
    }
    const row = await db
      .selectFrom('people')
      .select('password_failures')
      .where('id', '=', who.id)
      .executeTakeFirst();
    expect(row?.password_failures).toBe(0);
  });

  test('B53: a password of 1 MB => 413 before it has been sent', async () => {
    const { browser, page } = await passwordPage();
    const cookie = await browser.jar.getCookieString(scene.url);
    const { host, port } = new URL(scene.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.includes('\r\n\r\n')) socket.destroy();
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
      socket.write(
        `POST ${new URL(page.url).pathname} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n` +
          'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1048576\r\n\r\npassword=',
      );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer.toLowerCase()).toContain('connection: close');
    const chunked = await fetch(page.url, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: `password=${'x'.repeat(1_048_576)}`,
    }).catch(() => null);
    expect(chunked === null || chunked.status === 413).toBe(true);
  });

  test.each([
    '*)(uid=*',
    'admin)(|(x=',
    '\\00',
    'cn=admin,dc=example,dc=org',
    "' or 1=1 --",
    '"; drop table people; --',
    'person1\u200b',
    'pers\u00f6n1',
    '../../person1',
    '${jndi:ldap://x}',
    '{{7*7}}<%= 7*7 %>',
    '__proto__',
    'constructor',
    'x'.repeat(5000),
    '\u0001nobody-1',
    'per_nobody-1',
  ])('B55: user name %j is an ordinary failure', async (username) => {
    const { browser, page } = await passwordPage();
    const visit = await changingNothing(scene, () =>
      browser.post(page, { username, password: PASSWORD }),
    );
    expect(visit.status).toBe(401);
    expect(visit.body).toContain('DB-101');
    expect(visit.body).not.toMatch(/<%|\b49\b/);
    expectNoTraces(visit.body);
  });

  test('B56: lists, objects, fields twice, NUL, broken UTF-8 => 400', async () => {
    const { browser, page } = await passwordPage();
    const own = query(formOf(page).hidden);
    for (const body of [
      `${own}&username[]=a&password=b`,
      `${own}&username[$ne]=&password[$ne]=`,
      `${own}&username=a&username=b&password=c`,
      `${own}&username=a&password=b&step=password`,
      `${own}&username=a%00&password=b`,
      `${own}&username=%ED%A0%80&password=b`,
      `${own}&username=%FF&password=b`,
      `${own}&username=%&password=b`,
      `${own}&__proto__=x&constructor=y`,
      `${own}&username`,
      `${own}&${'x=1&'.repeat(100)}`,
    ]) {
      const visit = await changingNothing(scene, () => postRaw(browser, page, body));
      expect(visit.status).toBe(400);
      expectNoTraces(visit.body);
    }
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
      const visit = await postRaw(browser, page, '{"username":"a","password":"b"}', type);
      expect(visit.status).toBe(415);
    }
    const still = await browser.request(page.url);
    expect(still.body).toContain('name="username"');
  });

  test('B57: no, a foreign or another step’s token => 403, nothing counted', async () => {
    const who = await scene.somebody();
    const { browser, page } = await passwordPage();
    const other = await passwordPage();
    const good = { username: who.username, password: PASSWORD };
    const { hidden } = formOf(page);
    const foreign = formOf(other.page).hidden['csrf'] ?? '';
    for (const csrf of [undefined, '', foreign, `${hidden['csrf']}x`, 'x'.repeat(43)]) {
      const fields: Record<string, string> = { ...hidden, ...good };
      if (csrf === undefined) delete fields['csrf'];
      else fields['csrf'] = csrf;
      const visit = await changingNothing(scene, () => postRaw(browser, page, query(fields)));
      expect(visit.status).toBe(403);
    }
    const stepped = await changingNothing(scene, () =>
      postRaw(browser, page, query({ ...hidden, ...good, step: 'factor:otp' })),
    );
    expect(stepped.status).toBe(403);
    const bare = await changingNothing(scene, () =>
      postRaw(new TestBrowser(), page, query({ ...hidden, ...good })),
    );
    expect([400, 403]).toContain(bare.status);
    expect((await browser.submit(page, good)).body).toContain('name="code"');
  });

  test('M9: user names and passwords that differ in the last byte only are different', async () => {
    const { parts } = scene.server.drawbridge;
    const long = 'p'.repeat(120);
    const first = await parts.people.add({ username: `${long}1`, name: 'One' });
    const second = await parts.people.add({ username: `${long}2`, name: 'Two' });
    const word = 'Tr0ub4dour'.repeat(100);
    await parts.passwords.setPassword(first, `${word}x`);
    await parts.passwords.setPassword(second, `${word}y`);
    const attempt = async (username: string, password: string) => {
      const browser = new TestBrowser();
      const page = await browser.open((await scene.wiki.request()).url);
      return browser.submit(page, { username, password });
    };
    expect((await attempt(`${long}1`, `${word}y`)).status).toBe(401);
    expect((await attempt(`${long}2`, `${word}x`)).status).toBe(401);
    expect(answerOf(await attempt(`${long}1`, `${word}x`))['code']).toBeDefined();
  });
});

describe('steps out of order', () => {
  test('B59: straight to the code, a choice, the end or a consent => the step that is due', async () => {
    const who = await scene.somebody();
    for (const fields of [
      { code: '000000', step: 'factor:otp' },
      { method: 'otp' },
      { method: 'recovery-code' },
      { method: 'password' },
      { method: '__proto__' },
      { step: 'ended' },
      { step: 'complete' },
      { step: 'enrol:otp', code: '000000' },
      { step: 'change-password', new_password: PASSWORD, repeat_password: PASSWORD },
    ]) {
      const { browser, page } = await passwordPage();
      const visit = await changingNothing(scene, () => browser.post(page, fields));
      expect([200, 303, 400, 403]).toContain(visit.status);
      expect(visit.location ?? '').not.toMatch(/code=|\/authorize/);
      expect((await browser.request(page.url)).body).toContain('name="username"');
    }
    const browser = new TestBrowser();
    const otp = await upToCode(browser, (await scene.payroll.request()).url, who);
    for (const fields of [
      { method: 'password' },
      { method: 'toy' },
      { step: 'enrol:otp', code: '000000' },
      { step: 'factor:recovery-code', code: 'AAAAAA-AAAAAA' },
      { username: who.username, password: PASSWORD, step: 'password' },
    ] as Record<string, string>[]) {
      const visit = await changingNothing(scene, () => browser.post(otp, fields));
      expect(visit.location ?? '').not.toMatch(/code=|\/authorize/);
    }
    expect((await browser.request(otp.url)).body).toContain('name="code"');
  });

  test('M2: giving up at any step ends with an error at the service and no session', async () => {
    const who = await scene.somebody();
    const first = await passwordPage();
    const early = await first.browser.submit(first.page, { cancel: 'yes' });
    expect(answerOf(early)['error']).toBe('access_denied');
    const browser = new TestBrowser();
    const otp = await upToCode(browser, (await scene.payroll.request()).url, who);
    const late = await browser.submit(otp, { cancel: 'yes', code: who.code() });
    expect(answerOf(late)['error']).toBe('access_denied');
    const sessions = await scene.server.drawbridge.parts.sessions.ofPerson(who.id as never);
    expect(sessions).toEqual([]);
    const back = await browser.submit(otp, { code: who.code() });
    expect(back.location).toBeNull();
  });

  test('B77: nothing in the query chooses where a sign-in or a page leads', async () => {
    const targets = [
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/\tevil',
      '%2F%2Fe',
    ];
    for (const target of targets) {
      for (const name of ['return_to', 'continue', 'continueAt', 'next', 'url', 'lang', 'done']) {
        for (const path of ['/', '/account', '/password/forgot', '/account/signed-out']) {
          const visit = await new TestBrowser().request(
            `${scene.url}${path}?${name}=${encodeURIComponent(target)}`,
          );
          if (visit.location !== null) expect(new URL(visit.location).origin).toBe(scene.url);
          expect(visit.body).not.toMatch(/(href|action)="(\/\/|\/\\|javascript:|https?:\/\/evil)/);
        }
      }
    }
    for (const path of [
      '//evil.example/',
      '/\\evil.example',
      '//evil.example/authorize',
      '/%5Cevil',
    ]) {
      const visit = await new TestBrowser().request(`${scene.url}${path}?lang=sv`);
      expect(visit.location).toBeNull();
      expect(visit.body).not.toMatch(/(href|action)="(\/\/|\/\\)/);
    }
  });
});
