import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TestBrowser, formOf, type Visit } from '../support/browser.js';
import { PASSWORD } from '../support/people.js';
import { passwordLinkPath } from '../../src/directory/links/password-links.js';
import { OneTimeLinks } from '../../src/directory/links/one-time-links.js';
import { setScene, upToCode, type Scene, type Somebody } from './support/scene.js';
import { changingNothing, expectNoTraces } from './support/ledger.js';

let scene: Scene;
let links: OneTimeLinks;
beforeAll(async () => {
  scene = await setScene();
  const { database, clock, random } = scene.server.drawbridge.base;
  links = new OneTimeLinks({ database, clock, random });
});
afterAll(() => scene.close());

const parts = () => scene.server.drawbridge.parts;
const NEW = 'a brand new passphrase 42';

async function linkFor(who: Somebody, purpose: 'password-reset' | 'first-password') {
  const person = await parts().directory.find(who.id as never);
  if (person === null) throw new Error('nobody');
  const { database } = scene.server.drawbridge.base;
  const token = await database.transaction((tx) => links.issue(tx, person, purpose));
  return { token, url: `${scene.url}${passwordLinkPath(token)}` };
}

const set = (browser: TestBrowser, page: Visit, word = NEW) =>
  browser.post(page, { new_password: word, repeat_password: word });

const hashOf = async (who: Somebody) =>
  (
    await scene.server.drawbridge.base.database.db
      .selectFrom('people')
      .select('password_hash')
      .where('id', '=', who.id)
      .executeTakeFirstOrThrow()
  ).password_hash;

describe('B72: a link sets one password, once', () => {
  test('opened by mail scanners as often as they like, it is used up by a POST only', async () => {
    const who = await scene.somebody();
    const { url } = await linkFor(who, 'password-reset');
    const before = await hashOf(who);
    for (const method of ['HEAD', 'GET', 'OPTIONS', 'GET', 'HEAD']) {
      const answer = await fetch(url, { method });
      expect(answer.status).toBeLessThan(500);
    }
    expect(await hashOf(who)).toBe(before);
    const browser = new TestBrowser();
    const page = await browser.open(url);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect((await set(browser, page)).status).toBe(303);
    expect(await hashOf(who)).not.toBe(before);
    const again = await set(browser, page, `${NEW}!`);
    expect(again.status).toBe(400);
    expect(again.body).toContain('DB-506');
    expect((await browser.open(url)).body).toContain('DB-506');
  });

  test('of ten posts at once one sets its password', async () => {
    const who = await scene.somebody();
    const { url } = await linkFor(who, 'password-reset');
    const browser = new TestBrowser();
    const page = await browser.open(url);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => set(browser, page, `${NEW} ${index}`)),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });

  test('it dies with a new password, with sign-out everywhere, by being disabled, and by a newer link', async () => {
    const ends: ((who: Somebody) => Promise<unknown>)[] = [
      async (who) => {
        const person = await parts().directory.find(who.id as never);
        if (person !== null) await parts().passwords.setPassword(person, `${NEW} other`);
      },
      (who) => parts().people.signOutEverywhere(who.id as never),
      (who) => parts().people.disable(who.id as never),
      (who) => linkFor(who, 'password-reset'),
      async () => scene.clock.advance(31 * 60_000),
    ];
    for (const end of ends) {
      const who = await scene.somebody();
      const { url } = await linkFor(who, 'password-reset');
      const browser = new TestBrowser();
      const page = await browser.open(url);
      expect(page.body).toContain('name="new_password"');
      await end(who);
      const before = await hashOf(who);
      const visit = await set(browser, page);
      expect(visit.status).toBe(400);
      expect(await hashOf(who)).toBe(before);
    }
  });

  test('B57: not without the token of the form that this browser was shown', async () => {
    const who = await scene.somebody();
    const { url } = await linkFor(who, 'password-reset');
    const browser = new TestBrowser();
    const page = await browser.open(url);
    const { hidden, action } = formOf(page);
    const fields = { new_password: NEW, repeat_password: NEW };
    for (const [from, body] of [
      [browser, { ...fields }],
      [browser, { ...hidden, ...fields, csrf: 'x'.repeat(43) }],
      [new TestBrowser(), { ...hidden, ...fields }],
    ] as const) {
      const before = await hashOf(who);
      const visit = await changingNothing(scene, () =>
        from.request(action, { method: 'POST', body: new URLSearchParams(body) }),
      );
      expect(visit.status).toBe(403);
      expect(await hashOf(who)).toBe(before);
    }
  });

  test.each(['x', '..', '%00', 'A'.repeat(43), 'A'.repeat(44), `${'A'.repeat(42)}%2F`, '%ff'])(
    'a link that is none: %s',
    async (token) => {
      const browser = new TestBrowser();
      const visit = await changingNothing(scene, () =>
        browser.request(`${scene.url}/password/link/${token}`),
      );
      expect([400, 404]).toContain(visit.status);
      expectNoTraces(visit.body);
    },
  );

  test('R15: setting a password signs nobody in, and the second factor is asked as ever', async () => {
    const who = await scene.somebody();
    const { url } = await linkFor(who, 'password-reset');
    const browser = new TestBrowser();
    const after = await browser.follow(await set(browser, await browser.open(url)));
    expect(after.body).toContain('name="username"');
    expect(await browser.jar.getCookieString(scene.url)).not.toContain('drawbridge-session');
    const page = await browser.submit(after, { username: who.username, password: NEW });
    expect(page.body).toContain('name="code"');
    expect(await parts().sessions.ofPerson(who.id as never)).toEqual([]);
  });

  test('R5, R37: a reset ends the sessions, tokens and half sign-ins of before', async () => {
    const { who, browser } = await scene.signedIn({ scope: 'openid offline_access' });
    const half = new TestBrowser();
    const otp = await upToCode(half, (await scene.payroll.request()).url, who);
    const { url } = await linkFor(who, 'password-reset');
    const helper = new TestBrowser();
    await set(helper, await helper.open(url));
    expect((await browser.request(`${scene.url}/account`)).location).toContain('/login/');
    const late = await half.submit(otp, { code: who.code() });
    expect(late.location).toBeNull();
  });
});

/**
 * M2: random walks through everything that can be done around passwords, with and without a link, by somebody who
 * knows no password. Only a link that was there and is unused may ever change it.
 */
describe('M2: no way to a password without a link', () => {
  type Step =
    | { kind: 'forgot' }
    | { kind: 'open'; link: 'own' | 'used' | 'made up' }
    | { kind: 'post'; csrf: 'right' | 'wrong' | 'none'; same: boolean; good: boolean }
    | { kind: 'post-without-page'; link: 'own' | 'made up' }
    | { kind: 'login-form' }
    | { kind: 'account' }
    | { kind: 'change-step' };

  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constant({ kind: 'forgot' } as const),
    fc.record({
      kind: fc.constant('open' as const),
      link: fc.constantFrom('own' as const, 'used' as const, 'made up' as const),
    }),
    fc.record({
      kind: fc.constant('post' as const),
      csrf: fc.constantFrom('right' as const, 'wrong' as const, 'none' as const),
      same: fc.boolean(),
      good: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('post-without-page' as const),
      link: fc.constantFrom('own' as const, 'made up' as const),
    }),
    fc.constantFrom(
      { kind: 'login-form' } as const,
      { kind: 'account' } as const,
      { kind: 'change-step' } as const,
    ),
  );

  test('in any order of steps', async () => {
    const person = await scene.somebody();
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(step, { minLength: 1, maxLength: 8 }),
        async (hasLink, steps) => {
          scene.clock.advance(3_600_000);
          const browser = new TestBrowser();
          const own = hasLink ? await linkFor(person, 'password-reset') : null;
          const madeUp = `${scene.url}${passwordLinkPath('B'.repeat(43))}`;
          let page: Visit | null = null;
          let usable = own !== null;
          for (const move of steps) {
            const before = await hashOf(person);
            let mayChange = false;
            if (move.kind === 'open') {
              const url = move.link === 'own' ? (own?.url ?? madeUp) : madeUp;
              page = await browser.open(url);
            } else if (
              move.kind === 'post' &&
              page?.body.includes('name="new_password"') === true
            ) {
              const { hidden, action } = formOf(page);
              const fields: Record<string, string> = {
                ...hidden,
                new_password: move.good ? `${NEW} ${steps.length} ${Math.random()}` : 'short',
              };
              fields['repeat_password'] = move.same ? (fields['new_password'] ?? '') : 'other';
              if (move.csrf === 'wrong') fields['csrf'] = 'x'.repeat(43);
              if (move.csrf === 'none') delete fields['csrf'];
              mayChange = usable && move.csrf === 'right' && move.same && move.good;
              const visit = await browser.request(action, {
                method: 'POST',
                body: new URLSearchParams(fields),
              });
              expect(visit.status).toBeLessThan(500);
              if (visit.status === 303) usable = false;
            } else if (move.kind === 'post-without-page') {
              await browser.request(move.link === 'own' ? (own?.url ?? madeUp) : madeUp, {
                method: 'POST',
                body: new URLSearchParams({ new_password: NEW, repeat_password: NEW }),
              });
            } else if (move.kind === 'forgot') {
              const form = await browser.open(`${scene.url}/password/forgot`);
              await browser.post(form, { username: person.username });
            } else if (move.kind === 'account') {
              await browser.request(`${scene.url}/account/password`, {
                method: 'POST',
                body: new URLSearchParams({
                  password: '',
                  new_password: NEW,
                  repeat_password: NEW,
                  step: 'password',
                }),
              });
            } else if (move.kind === 'login-form' || move.kind === 'change-step') {
              const form = await browser.open((await scene.payroll.request()).url);
              await browser.post(form, {
                username: person.username,
                password: '',
                ...(move.kind === 'change-step' ? { step: 'change-password' } : {}),
                new_password: NEW,
                repeat_password: NEW,
              });
            }
            const changed = (await hashOf(person)) !== before;
            expect([move, changed && !mayChange]).toEqual([move, false]);
          }
        },
      ),
      { numRuns: 25 },
    );
    expect(PASSWORD).not.toBe(NEW);
  });
});
