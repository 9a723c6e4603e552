import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser, type Visit } from '../support/browser.js';
import { PASSWORD } from '../support/people.js';
import { setScene, type Scene } from './support/scene.js';

let scene: Scene;
let statements = 0;

beforeAll(async () => {
  scene = await setScene();
  countWork();
});
afterAll(() => scene.close());

/** Counts statements as they are handed to the database; hashes are counted in the contract tests of the directory. */
function countWork(): void {
  const { database } = scene.server.drawbridge.base;
  const executor = database.db.getExecutor();
  const compile = executor.compileQuery.bind(executor);
  executor.compileQuery = (node, id) => {
    const query = compile(node, id);
    if (!/audit_|change_feed|jobs|leases/.test(query.sql)) statements += 1;
    return query;
  };
}

/** Everything of an answer that somebody could see, without what is random in every answer. */
function visible(visit: Visit): unknown {
  const headers = [...visit.headers].filter(([name]) => name !== 'date').sort();
  const anonymous = (text: string) =>
    text
      .replace(/sgn_[A-Za-z0-9_-]+/g, 'SIGN-IN')
      .replace(/name="csrf" value="[^"]*"/g, 'CSRF')
      .replace(/[0-9A-Z]{5}-[0-9A-Z]{5}/g, 'REFERENCE')
      .replace(/value="[a-z-]+"/g, 'TYPED');
  return {
    status: visit.status,
    headers: headers.map(([name, value]) => `${name}: ${anonymous(value)}`),
    body: anonymous(visit.body),
  };
}

/** People of every kind whose names are equally long, and what somebody typing a wrong password sees of them. */
async function everyKind(): Promise<string[]> {
  const { people, passwords } = scene.server.drawbridge.parts;
  const add = (username: string) => people.add({ username, name: username, mail: null });
  const known = await add('kind-known');
  await passwords.setPassword(known, PASSWORD);
  const locked = await add('kind-lockd');
  await passwords.setPassword(locked, PASSWORD);
  const disabled = await add('kind-disab');
  await passwords.setPassword(disabled, PASSWORD);
  await people.disable(disabled.id);
  await add('kind-nopwd');
  for (let turn = 0; turn < 10; turn += 1) await attempt('kind-lockd', 'wrong password');
  return ['kind-known', 'kind-lockd', 'kind-disab', 'kind-nopwd', 'kind-nobod'];
}

async function attempt(username: string, password: string): Promise<Visit> {
  const browser = new TestBrowser();
  const page = await browser.open((await scene.payroll.request()).url);
  statements = 0;
  return browser.post(page, { username, password });
}

describe('M10, R12, I11: known, unknown, locked, disabled and without a password', () => {
  test('a wrong password: the same answer to the byte, the same number of statements', async () => {
    const kinds = await everyKind();
    await attempt('warm-up-no', 'wrong password');
    const seen: { visit: unknown; statements: number }[] = [];
    for (const username of kinds) {
      const visit = await attempt(username, 'wrong password');
      expect(visit.status).toBe(401);
      seen.push({ visit: visible(visit), statements });
    }
    const [first] = seen;
    expect(first?.statements).toBeGreaterThan(0);
    for (const other of seen) expect(other).toEqual(first);
  });

  test('the right password of somebody locked or disabled is answered like a wrong one', async () => {
    const wrong = visible(await attempt('kind-nobod', PASSWORD));
    for (const username of ['kind-lockd', 'kind-disab', 'kind-nopwd']) {
      expect(visible(await attempt(username, PASSWORD))).toEqual(wrong);
    }
  });

  test('B73: asking for a new password: the same answer and the same work', async () => {
    const seen: unknown[] = [];
    for (const username of ['kind-known', 'kind-lockd', 'kind-disab', 'kind-nopwd', 'kind-nobod']) {
      const browser = new TestBrowser();
      const page = await browser.open(`${scene.url}/password/forgot`);
      statements = 0;
      const visit = await browser.post(page, { username });
      const sent = await browser.follow(visit);
      seen.push([visible(visit), visible(sent), statements]);
    }
    for (const other of seen) expect(other).toEqual(seen[0]);
  });

  test('a hint names nobody: the page is the same for everybody', async () => {
    const seen: unknown[] = [];
    for (const hint of ['kind-known', 'kind-nobod', 'kind-disab']) {
      const request = await scene.payroll.request({ login_hint: hint });
      seen.push(visible(await new TestBrowser().open(request.url)));
    }
    for (const other of seen) expect(other).toEqual(seen[0]);
  });
});
