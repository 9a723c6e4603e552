import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import type { RelyingParty } from '../../src/relying-parties/relying-party.js';
import {
  heldBack,
  setScene,
  upToCode,
  type Scene,
  type Somebody,
} from '../security/support/scene.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { answerOf, signIn } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { untilEverywhere } from '../support/services/until.js';

let scene: Scene;
let parties: readonly RelyingParty[];
beforeAll(async () => {
  scene = await setScene();
  parties = scene.server.registry.all();
});
afterAll(() => scene.close());

/** Changes one relying party until `restore`. */
function change(id: string, how: (party: RelyingParty) => RelyingParty): void {
  scene.server.registry.replace(parties.map((party) => (party.id === id ? how(party) : party)));
}
const restore = () => scene.server.registry.replace(parties);

const parts = () => scene.server.drawbridge.parts;

async function setPassword(who: Somebody, chosen: string): Promise<void> {
  const person = await parts().directory.find(who.id as never);
  if (person === null) throw new Error('nobody');
  expect((await parts().passwords.setPassword(person, chosen)).ok).toBe(true);
}

async function completions(who: Somebody): Promise<number> {
  const rows = await scene.server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select('reference')
    .where('person_id', '=', who.id)
    .where('kind', '=', 'sign_in.completed')
    .execute();
  return rows.length;
}

function expectNotIn(page: Visit): void {
  expect(page.status).toBeLessThan(500);
  if (page.location === null) return;
  expect(new URL(page.location).searchParams.has('code')).toBe(false);
}

const changes: Readonly<Record<string, (who: Somebody) => unknown>> = {
  'its person is disabled': (who) => parts().people.disable(who.id as never),
  'its person has another password': (who) => setPassword(who, 'seven green bottles on a wall'),
  'its person is signed out everywhere': (who) => parts().people.signOutEverywhere(who.id as never),
  'its service is disabled': () => change('payroll', (party) => ({ ...party, enabled: false })),
  'its service is gone': () =>
    scene.server.registry.replace(parties.filter(({ id }) => id !== 'payroll')),
  'its service admits another group only': () =>
    change('payroll', (party) => ({ ...party, policy: { ...party.policy, groups: ['board'] } })),
  'its service takes other factors only': () =>
    change('payroll', (party) => ({
      ...party,
      policy: { ...party.policy, allowedFactors: ['push'] },
    })),
};

describe.each(Object.entries(changes))('a sign-in during which %s', (name, happens) => {
  test('before the password lets nobody in', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const page = await browser.open((await scene.payroll.request()).url);
    await happens(who);
    try {
      const ended = await browser.submit(page, { username: who.username, password: PASSWORD });
      // Whoever was merely signed out elsewhere has just begun, with the right password.
      if (ended.body.includes('name="code"')) {
        expect(name).toBe('its person is signed out everywhere');
      } else expectNotIn(ended);
    } finally {
      restore();
    }
  });

  test('between password and code lets nobody in', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const page = await upToCode(browser, (await scene.payroll.request()).url, who);
    await happens(who);
    try {
      expectNotIn(await browser.submit(page, { code: who.code() }));
      expect(await parts().sessions.ofPerson(who.id as never)).toEqual([]);
    } finally {
      restore();
    }
  });

  test('after the code lets nobody in', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const done = await heldBack(browser, (await scene.payroll.request()).url, who);
    await happens(who);
    try {
      expectNotIn(await browser.follow(done));
    } finally {
      restore();
    }
  });
});

test('a service that begins to ask for two factors gets no code for one', async () => {
  const who = await scene.somebody();
  const browser = new TestBrowser();
  const page = await browser.open((await scene.wiki.request()).url);
  const done = await browser.post(page, { username: who.username, password: PASSWORD });
  change('wiki', (party) => ({ ...party, policy: { ...party.policy, factors: 2 } }));
  try {
    expectNotIn(await browser.follow(done));
    const asked = await browser.open((await scene.wiki.request()).url);
    expect(asked.body).toContain('name="code"');
  } finally {
    restore();
  }
});

describe('keys replaced in an emergency', () => {
  const jwks = async (): Promise<JSONWebKeySet> =>
    (await (await fetch(`${scene.url}/jwks`)).json()) as JSONWebKeySet;
  const kids = async () => (await jwks()).keys.map(({ kid }) => kid ?? '');

  test('sign what a sign-in under way is given, and the old one is gone', async () => {
    const who = await scene.somebody();
    const first = new TestBrowser();
    const before = await scene.payroll.request();
    const early = await scene.payroll.redeem(before, await signIn(first, before.url, who));
    const old = decodeProtectedHeader(early.id_token ?? '').kid ?? '';
    expect(await kids()).toContain(old);

    const waiting = await scene.payroll.request();
    const code = await first.open(waiting.url);
    const begun = await scene.payroll.request();
    const browser = new TestBrowser();
    const page = await upToCode(browser, begun.url, who);
    const fresh = await scene.server.drawbridge.base.keys.emergencyRotate(
      'default',
      'oidc',
      'ES256',
    );
    await untilEverywhere(async () => {
      const seen = await kids();
      return seen.includes(fresh) && !seen.includes(old);
    });

    const keys = createLocalJWKSet(await jwks());
    const arrived = await browser.submit(page, { code: who.code() });
    const late = await scene.payroll.redeem(begun, arrived);
    const held = await scene.payroll.redeem(waiting, code);
    for (const { id_token: idToken = '' } of [late, held]) {
      const { protectedHeader } = await jwtVerify(idToken, keys, {
        issuer: scene.url,
        audience: 'payroll',
        currentDate: new Date(scene.clock.now()),
      });
      expect(protectedHeader.kid).toBe(fresh);
    }
    await expect(jwtVerify(early.id_token ?? '', keys)).rejects.toThrow();
  });
});

describe('tabs of one browser', () => {
  test('each arrive, step by step in turn', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const requests = [await scene.payroll.request(), await scene.payroll.request()];
    const pages = [];
    for (const request of requests) pages.push(await browser.open(request.url));
    const codes = [];
    for (const page of pages) {
      codes.push(await browser.submit(page, { username: who.username, password: PASSWORD }));
    }
    for (const [index, page] of codes.entries()) {
      const arrived = await browser.submit(page, { code: who.code() });
      const request = requests[index];
      if (request === undefined) throw new Error('no request');
      const tokens = await scene.payroll.redeem(request, arrived);
      expect(tokens.claims()?.['amr']).toEqual(['pwd', 'otp', 'mfa']);
    }
  });

  test('each arrive, all at once', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    await browser.open(`${scene.url}/password/forgot`);
    const requests = await Promise.all(
      [scene.payroll, scene.wiki, scene.payroll].map((service) => service.request()),
    );
    const pages = await Promise.all(requests.map(({ url }) => browser.open(url)));
    const second = await Promise.all(
      pages.map((page) => browser.submit(page, { username: who.username, password: PASSWORD })),
    );
    for (const page of second) {
      const arrived =
        page.location === null ? await browser.submit(page, { code: who.code() }) : page;
      expect(answerOf(arrived)['code']).toBeDefined();
    }
  });
});

describe('going back and clicking twice', () => {
  test('an answer to a step that is over changes nothing', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const first = await browser.open((await scene.payroll.request()).url);
    const code = await browser.submit(first, { username: who.username, password: PASSWORD });
    for (const password of ['not this one', PASSWORD]) {
      const back = await browser.submit(first, { username: who.username, password });
      expect(back.status).toBe(200);
      expect(back.body).toContain('name="code"');
      expect(failureOnPage(back)).toBeNull();
    }
    const other = await browser.submit(first, { username: 'somebody else', password: 'x' });
    expect(other.body).toContain(who.username);
    const arrived = await browser.submit(code, { code: who.code() });
    expect(answerOf(arrived)['code']).toBeDefined();

    const again = await browser.submit(code, { code: who.code() });
    expectNotIn(again);
    expect(failureOnPage(again)?.code).toBe('DB-301');
    expect(failureOnPage(await browser.open(first.url))?.code).toBe('DB-301');
    expect(await completions(who)).toBe(1);
  });

  test('two clicks on every button lead where one does', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const twice = async (page: Visit, fields: Record<string, string>): Promise<Visit> => {
      const both = await Promise.all([browser.post(page, fields), browser.post(page, fields)]);
      for (const { status } of both) expect(status).toBeLessThan(500);
      return browser.open(page.url);
    };
    const request = await scene.planner.request();
    const password = await browser.open(request.url);
    const code = await twice(password, { username: who.username, password: PASSWORD });
    expect(code.body).toContain('name="code"');
    const consent = await twice(code, { code: who.code() });
    expect(consent.body).toContain('name="consent"');
    const [one, other] = await Promise.all([
      browser.post(consent, { consent: 'allow' }),
      browser.post(consent, { consent: 'allow' }),
    ]);
    expect([one.status, other.status]).toEqual([303, 303]);
    const tokens = await scene.planner.redeem(request, await browser.follow(other));
    expect(tokens.claims()?.sub).toBe(who.id);
    expect(await completions(who)).toBe(1);
  });

  test('a cancelled sign-in is not brought back by going back', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const first = await browser.open((await scene.payroll.request()).url);
    const left = await browser.submit(first, { cancel: '1' });
    expect(answerOf(left)['error']).toBe('access_denied');
    const back = await browser.submit(first, { username: who.username, password: PASSWORD });
    expect(failureOnPage(back)?.code).toBe('DB-301');
    expect(await completions(who)).toBe(0);
  });
});
