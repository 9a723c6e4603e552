import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TOTP, Secret } from 'otpauth';
import {
  hidden,
  password,
  post,
  selfServiceUnderTest,
  tokenOf,
  type Browser,
  type SelfService,
  type Somebody,
} from './self-service-under-test.js';

let self: SelfService;
let bo: Somebody;
let browser: Browser;
let people = 0;

beforeAll(async () => {
  self = await selfServiceUnderTest();
});
afterAll(() => self.close());
beforeEach(async () => {
  bo = await self.add(`bo${(people += 1)}`, { devices: 2 });
  browser = self.browser();
  await self.plant(browser, bo.person, ['password', 'otp']);
});

const devices = async () => (await self.parts.otp.enrolments(bo.person)).map(({ id }) => id);
const sessions = async () =>
  (await self.parts.sessions.ofPerson(bo.person.id)).map(({ id }) => id as string);
const cookieOf = (of: Browser) => {
  const here = { domain: '127.0.0.1', path: '/', secure: false, script: false };
  return of.jar.getCookie('drawbridge-session', here)?.value;
};

test('an app that the person has not named is called so in the language of the page', async () => {
  const { text } = await browser.get('/account?lang=sv');
  expect(text).toContain('<h3>Autentiseringsapp</h3>');
  expect(text).not.toContain('Authenticator app');
});

describe('ending one session', () => {
  test('ends an own one in another browser', async () => {
    const other = self.browser();
    const { id } = await self.plant(other, bo.person, ['password', 'otp']);
    const csrf = await tokenOf(browser, '/account');
    const answer = await post(browser, '/account/sessions/end', { csrf, session: id });
    expect(answer.headers['location']).toBe('/account?done=session_ended');
    expect(await sessions()).not.toContain(id);
    expect((await other.get('/account')).status).toBe(303);
    expect((await browser.get('/account?done=session_ended')).text).toContain('is signed out');
    expect(await self.auditKinds(bo.person)).toContain('session.ended');
  });

  test("leaves somebody else's alone and answers the same as for an unknown one", async () => {
    const stranger = await self.add(`stranger${people}`);
    const theirs = self.browser();
    const { id } = await self.plant(theirs, stranger.person, ['password', 'otp']);
    const csrf = await tokenOf(browser, '/account');
    const answers = [];
    for (const session of [id, 'ses_unknown', '../x', '']) {
      const { status, headers } = await post(browser, '/account/sessions/end', { csrf, session });
      answers.push(`${status} ${headers['location']}`);
    }
    expect(new Set(answers)).toEqual(new Set(['303 /account?done=session_ended']));
    expect((await theirs.get('/account')).status).toBe(200);
  });
});

describe('recovery codes', () => {
  const shown = (text: string) => [...text.matchAll(/<li>([0-9A-Z]{6}-[0-9A-Z]{6})<\/li>/g)];

  test('are shown once, work, and replace the old ones', async () => {
    const csrf = await tokenOf(browser, '/account');
    const first = await post(browser, '/account/recovery-codes', { csrf });
    const second = await post(browser, '/account/recovery-codes', { csrf });
    expect(first.headers['cache-control']).toBe('no-store');
    expect([first.status, shown(first.text).length, shown(second.text).length]).toEqual([
      200, 10, 10,
    ]);
    expect((await browser.get('/account/recovery-codes')).status).toBe(404);
    const saved = { csrf: hidden(second.text, 'csrf') };
    const { headers } = await post(browser, '/account/recovery-codes/saved', saved);
    expect(headers['location']).toBe('/account?done=recovery_codes_saved');
    const page = await browser.get('/account?done=recovery_codes_saved');
    expect(page.text).toContain('10 of 10 left');
    expect(shown(page.text)).toEqual([]);
    const context = { clientAddress: '192.0.2.1', relyingParty: 'payroll' };
    const verdicts = await Promise.all(
      [first, second].map(({ text }) =>
        self.parts.recoveryCodes.answer(
          bo.person,
          {},
          { code: shown(text)[0]?.[1] ?? '' },
          context,
        ),
      ),
    );
    expect(verdicts.map(({ kind }) => kind)).toEqual(['refused', 'accepted']);
  });

  test('asked for several times at once are made and shown once', async () => {
    const csrf = await tokenOf(browser, '/account');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(browser, '/account/recovery-codes', { csrf })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(7);
    const made = (await self.auditKinds(bo.person)).filter(
      (kind) => kind === 'recovery_codes.generated',
    );
    expect(made).toHaveLength(1);
  });
});

describe('changing the password', () => {
  const chosen = 'another long pass phrase 42';
  const fields = { password, new_password: chosen, repeat_password: chosen };

  test('lets this browser alone go on, under a new session', async () => {
    const other = self.browser();
    await self.plant(other, bo.person, ['password', 'otp']);
    const before = await sessions();
    const old = cookieOf(browser);
    expect(old).toMatch(/^ses_/);
    const csrf = await tokenOf(browser, '/account/password');
    const answer = await post(browser, '/account/password', { csrf, ...fields });
    expect(answer.headers['location']).toBe('/account?done=password_changed');
    expect((await browser.get('/account')).status).toBe(200);
    expect((await other.get('/account')).status).toBe(303);
    const after = await sessions();
    expect(after).toHaveLength(1);
    expect(before).not.toContain(after[0]);
    const thief = self.browser();
    thief.jar.setCookie(`drawbridge-session=${old}; Path=/`, '127.0.0.1', '/');
    expect((await thief.get('/account')).status).toBe(303);
    const kinds = await self.auditKinds(bo.person);
    expect(kinds).toEqual(expect.arrayContaining(['password.changed', 'session.ended']));
  });

  test('refuses a wrong old password, with a reference to the audit row', async () => {
    const csrf = await tokenOf(browser, '/account/password');
    const wrong = { csrf, ...fields, password: 'not it at all' };
    const answer = await post(browser, '/account/password', wrong);
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('DB-101');
    expect(answer.text).toMatch(/[0-9A-Z]{5}-[0-9A-Z]{5}/);
    expect(await self.auditKinds(bo.person)).toContain('request.refused');
    expect((await self.parts.directory.find(bo.person.id))?.epoch).toBe(bo.person.epoch);
  });

  test.each([
    ['DB-505', { repeat_password: 'something else entirely' }],
    ['DB-501', { new_password: 'short', repeat_password: 'short' }],
    ['DB-504', { new_password: password, repeat_password: password }],
    ['DB-106', { password: '' }],
  ])('says %s on the form and changes nothing', async (code, different) => {
    const csrf = await tokenOf(browser, '/account/password');
    const answer = await post(browser, '/account/password', { csrf, ...fields, ...different });
    expect([answer.status, answer.text.includes(code)]).toEqual([400, true]);
    expect(answer.text).not.toContain(chosen);
    expect((await self.parts.directory.find(bo.person.id))?.epoch).toBe(bo.person.epoch);
  });

  test('of several at once changes it once', async () => {
    const csrf = await tokenOf(browser, '/account/password');
    await Promise.all(
      Array.from({ length: 5 }, () => post(browser, '/account/password', { csrf, ...fields })),
    );
    const now = await self.parts.directory.find(bo.person.id);
    expect(now?.epoch).toBe(bo.person.epoch + 1);
    expect(await sessions()).toHaveLength(1);
  });
});

describe('adding an authenticator app', () => {
  const begin = async () => {
    const csrf = await tokenOf(browser, '/account/factors/new');
    const chosen = await post(browser, '/account/factors/new', { csrf, method: 'otp' });
    expect(chosen.headers['location']).toBe('/account/factors/otp');
    const { text } = await browser.get('/account/factors/otp');
    const secret = /<span class="secret">([A-Z2-7 ]+)<\/span>/.exec(text)?.[1] ?? '';
    const totp = new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) });
    const code = totp.generate({ timestamp: self.clock.now() });
    return { csrf: hidden(text, 'csrf'), code, text };
  };

  test('shows the picture with its secret as text, and adds it once however often the code comes', async () => {
    const { text, ...fields } = await begin();
    expect(text).toContain('otpauth://totp/');
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => post(browser, '/account/factors/otp', fields)),
    );
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(
      answers.some(({ headers }) => headers['location'] === '/account?done=factor_added'),
    ).toBe(true);
    expect(await devices()).toHaveLength(3);
    expect((await browser.get('/account/factors/otp')).headers['location']).toBe(
      '/account/factors/new',
    );
    const again = await post(browser, '/account/factors/otp', fields);
    expect([again.status, again.text.includes('DB-206')]).toEqual([400, true]);
    expect(await devices()).toHaveLength(3);
  });

  test('shows the same picture again after a wrong code', async () => {
    const { text, csrf } = await begin();
    const answer = await post(browser, '/account/factors/otp', { csrf, code: '000000' });
    expect([answer.status, answer.text.includes('DB-201')]).toEqual([401, true]);
    const secret = /<span class="secret">[^<]+/.exec(text)?.[0] ?? 'none';
    expect(answer.text).toContain(secret);
    expect(await devices()).toHaveLength(2);
  });

  test('can be left', async () => {
    const { csrf } = await begin();
    const answer = await post(browser, '/account/factors/otp', { csrf, code: '', cancel: '1' });
    expect(answer.headers['location']).toBe('/account');
    expect((await browser.get('/account/factors/otp')).status).toBe(303);
  });

  test('takes ten minutes at most', async () => {
    await begin();
    self.clock.advance(10 * 60_000 + 1);
    expect((await browser.get('/account/factors/otp')).headers['location']).toBe(
      '/account/factors/new',
    );
  });

  test('knows no other kind', async () => {
    const csrf = await tokenOf(browser, '/account/factors/new');
    const answer = await post(browser, '/account/factors/new', { csrf, method: 'toString' });
    expect(answer.status).toBe(400);
  });
});

test('where administrators enrol people, nobody adds anything', async () => {
  const strict = await selfServiceUnderTest({ enrolmentAllowed: false });
  try {
    const { person } = await strict.add('fay');
    const hers = strict.browser();
    await strict.plant(hers, person, ['password', 'otp']);
    expect((await hers.get('/account')).text).not.toContain('/account/factors/new');
    expect((await hers.get('/account/factors/new')).headers['location']).toBe('/account');
  } finally {
    await strict.close();
  }
});

describe('removing an authenticator app', () => {
  test('tells, and never takes the last one', async () => {
    const csrf = await tokenOf(browser, '/account');
    const [first = '', last = ''] = await devices();
    const answer = await post(browser, '/account/factors/remove', { csrf, factor: first });
    expect(answer.headers['location']).toBe('/account?done=factor_removed');
    expect(await self.auditKinds(bo.person)).toContain('factor.removed');
    const refused = await post(browser, '/account/factors/remove', { csrf, factor: last });
    expect([refused.status, refused.text.includes('DB-401')]).toEqual([403, true]);
    expect(await devices()).toEqual([last]);
    expect((await browser.get('/account')).text).not.toContain('/account/factors/remove');
  });

  test('leaves one when both are removed at once', async () => {
    const csrf = await tokenOf(browser, '/account');
    const both = await devices();
    await Promise.all(
      both.map((factor) => post(browser, '/account/factors/remove', { csrf, factor })),
    );
    expect(await devices()).toHaveLength(1);
  });

  test("does not reach somebody else's", async () => {
    const stranger = await self.add(`owner${people}`, { devices: 2 });
    const [theirs] = await self.parts.otp.enrolments(stranger.person);
    const csrf = await tokenOf(browser, '/account');
    await post(browser, '/account/factors/remove', { csrf, factor: theirs?.id ?? '' });
    expect(await self.parts.otp.enrolments(stranger.person)).toHaveLength(2);
    expect(await devices()).toHaveLength(2);
  });
});

describe('signing out', () => {
  test('ends this session only', async () => {
    const other = self.browser();
    const { id } = await self.plant(other, bo.person, ['password', 'otp']);
    const csrf = await tokenOf(browser, '/');
    const answer = await post(browser, '/account/sign-out', { csrf });
    expect(answer.headers['location']).toBe('/account/signed-out');
    expect((await browser.get('/account/signed-out')).text).not.toContain('in all browsers');
    expect(await sessions()).toEqual([id]);
    expect((await browser.get('/account')).status).toBe(303);
    expect((await post(browser, '/account/sign-out', { csrf })).headers['location']).toBe('/');
  });

  test('works with a session that is good for no more', async () => {
    const weak = self.browser();
    const { id } = await self.plant(weak, bo.person, ['password']);
    const csrf = await tokenOf(weak, '/');
    await post(weak, '/account/sign-out', { csrf });
    expect(await sessions()).not.toContain(id);
  });

  test('everywhere ends all, and voids whatever was issued before', async () => {
    const other = self.browser();
    await self.plant(other, bo.person, ['password', 'otp']);
    const csrf = await tokenOf(browser, '/account');
    const answer = await post(browser, '/account/sign-out-everywhere', { csrf });
    const page = await browser.get(answer.headers['location'] as string);
    expect(page.text).toContain('in all browsers');
    expect(await sessions()).toEqual([]);
    expect((await other.get('/account')).status).toBe(303);
    expect(cookieOf(browser)).toBe('');
    expect((await self.parts.directory.find(bo.person.id))?.epoch).toBe(bo.person.epoch + 1);
    expect(await self.auditKinds(bo.person)).toContain('sessions.ended_everywhere');
  });

  test('names the services that could not be told, and lets nobody else name any', async () => {
    const other = self.browser();
    const { id } = await self.plant(other, bo.person, ['password', 'otp']);
    const participant = { protocol: 'none', relyingParty: 'payroll', since: 0, state: {} };
    await self.parts.sessions.update(id, () => ({ participants: { 'none:payroll': participant } }));
    const csrf = await tokenOf(other, '/account');
    const answer = await post(other, '/account/sign-out', { csrf });
    expect((await other.get(answer.headers['location'] as string)).text).toContain('Payroll');
    const forged = encodeURIComponent('{"everywhere":false,"unreached":["none:payroll"]}');
    const page = await other.get(`/account/signed-out?note=${forged}`);
    expect([page.status, page.text.includes('Payroll')]).toEqual([200, false]);
  });
});

describe('codes that are locked', () => {
  const lock = () =>
    self.base.database.db
      .updateTable('otp_credentials')
      .set({ failures_total: 100 })
      .where('person_id', '=', bo.person.id)
      .execute();

  test('are told, and accepted again when the person says so', async () => {
    expect((await browser.get('/account')).text).not.toContain('Accept codes again');
    await lock();
    expect((await browser.get('/account')).text).toContain('Accept codes again');
    const csrf = await tokenOf(browser, '/account');
    const answer = await post(browser, '/account/factors/unlock', { csrf });
    expect(answer.headers['location']).toBe('/account?done=codes_unlocked');
    const page = await browser.get('/account?done=codes_unlocked');
    expect(page.text).toContain('Codes are accepted again.');
    expect(page.text).not.toContain('Accept codes again');
    expect(await self.auditKinds(bo.person)).toContain('factor.unlocked');
  });

  test('stay locked for a form that is not ours, and for old proofs', async () => {
    await lock();
    const csrf = await tokenOf(browser, '/account');
    expect((await post(browser, '/account/factors/unlock', { csrf: 'x' })).status).toBe(403);
    self.clock.advance(15 * 60_000 + 1);
    const { headers } = await post(browser, '/account/factors/unlock', { csrf });
    expect(headers['location']).toMatch(/^\/login\//);
    expect(await self.parts.otp.lock(bo.person)).toMatchObject({ forGood: true });
  });
});
