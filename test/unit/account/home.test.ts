import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  selfServiceUnderTest,
  type Browser,
  type SelfService,
  type Somebody,
} from './self-service-under-test.js';

let self: SelfService;
let eve: Somebody;
let browser: Browser;

beforeAll(async () => {
  self = await selfServiceUnderTest();
  eve = await self.add('eve');
});
afterAll(() => self.close());
beforeEach(() => {
  browser = self.browser();
});
afterEach(() => {
  self.setDemo(null);
});

test('is a page with a way in for whoever is not signed in', async () => {
  const { status, headers, text } = await browser.get('/');
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(text).toContain('href="/account"');
  expect(text).not.toContain('Payroll');
  expect(text).not.toContain('/account/sign-out');
  expect(headers['set-cookie']).toBeUndefined();
});

test('lists the services that the person may enter and that have a page', async () => {
  await self.plant(browser, eve.person, ['password', 'otp']);
  const { text } = await browser.get('/');
  expect(text).toContain('https://payroll.example/');
  expect(text).toContain('/account/sign-out');
  expect(text).not.toContain('No home');
  expect(text).not.toContain('Board room');
  expect(text).not.toContain('My account</h3>');

  const person = await self.parts.people.update(eve.person.id, { groups: ['board'] });
  await self.plant(browser, person, ['password', 'otp']);
  expect((await browser.get('/')).text).toContain('Board room');
});

test('takes a planted or altered cookie for none', async () => {
  browser.jar.setCookie('drawbridge-session=ses_x.y; Path=/', '127.0.0.1', '/');
  expect((await browser.get('/')).status).toBe(200);
});

test('shows what the demo has to show, in the demo only', async () => {
  const person = { name: 'Ada', username: 'ada', about: 'home.demo.about.anna' };
  const mailboxUrl = 'http://127.0.0.1:7100/mail';
  expect((await browser.get('/')).text).not.toContain('mailbox');
  self.setDemo({ services: [], people: [person], mailboxUrl, password: 'shown once' });
  const { text } = await browser.get('/');
  expect(text).toContain('shown once');
  expect(text).toContain(mailboxUrl);
  expect((await browser.get('/?lang=sv')).text).toContain('vid första inloggningen');
});
