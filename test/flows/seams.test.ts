import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signInHeadless } from '../../src/login/headless-driver.js';
import { TestBrowser } from '../support/browser.js';
import { answerOf, OidcClient } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';
import { toyParty } from '../support/toy/toy-protocol.js';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [toyParty, oidcParty('payroll', {})],
    toys: ['tess'],
  });
  await addPerson(server.drawbridge, 'tess', { otp: false });
});
afterAll(() => server.close());

const headless = {
  relyingParty: toyParty.id,
  protocol: 'toy',
  entry: 'toy.headless',
  asked: { factors: 2, maxAge: null, acrs: [] },
  force: false,
  loginHint: null,
  subject: null,
  priorEvidence: [],
  allowedFactors: null,
  session: 'isolated',
  deadline: null,
  interaction: 'none',
  uiLocales: null,
  continueAt: '/',
  protocolState: {},
} as const;

async function throughTheToys(browser: TestBrowser, start = '/toy') {
  const password = await browser.open(`${server.url}${start}`);
  const word = await browser.submit(password, { username: 'tess', password: PASSWORD });
  expect(word.body).toContain('Say the magic word');
  const wrong = await browser.submit(word, { word: 'abracadabra' });
  expect(wrong.status).toBe(401);
  return browser.submit(wrong, { word: 'sesame' });
}

test('a protocol and a factor from outside are used without a change to the engine', async () => {
  const browser = new TestBrowser();
  const arrived = await throughTheToys(browser);
  expect(JSON.parse(arrived.body)).toMatchObject({
    who: 'tess',
    amr: ['pwd', 'toy', 'mfa'],
    remembered: 'by the toy',
  });
  const again = await browser.open(arrived.url);
  expect(again.status).toBe(400);
});

test('the session of one protocol serves the other', async () => {
  const browser = new TestBrowser();
  await throughTheToys(browser);
  const payroll = await OidcClient.discover(server.url, 'payroll');
  const quiet = await payroll.request({ prompt: 'none' });
  expect(answerOf(await browser.open(quiet.url))['code']).toBeDefined();
  const back = await browser.open(`${server.url}/toy`);
  expect(JSON.parse(back.body)).toMatchObject({ who: 'tess' });
});

test('an isolated sign-in neither uses nor leaves a session', async () => {
  const browser = new TestBrowser();
  const arrived = await throughTheToys(browser, '/toy?session=isolated');
  expect(JSON.parse(arrived.body)).toMatchObject({ who: 'tess', session: null });
  const payroll = await OidcClient.discover(server.url, 'payroll');
  const quiet = await payroll.request({ prompt: 'none' });
  expect(answerOf(await browser.open(quiet.url))['error']).toBe('login_required');
});

test('the headless host goes the same way without a browser', async () => {
  const { engine, signIns } = server.drawbridge.parts;
  const result = await signInHeadless(
    { engine, signIns },
    headless,
    ({ step }) => {
      if (step.kind === 'password') {
        return {
          kind: 'submit',
          step: 'password',
          fields: { username: 'tess', password: PASSWORD },
        };
      }
      return step.kind === 'factor'
        ? { kind: 'submit', step: 'factor:toy', fields: { word: 'sesame' } }
        : null;
    },
    { clientAddress: '192.0.2.7', userAgent: 'test', knownBrowserOf: [] },
  );
  expect(result).toMatchObject({ outcome: 'completed', session: null });
});

test('a wrong password ends the headless way with the exact reason', async () => {
  const { engine, signIns } = server.drawbridge.parts;
  const answer = () => ({
    kind: 'submit' as const,
    step: 'password',
    fields: { username: 'tess', password: 'not this one' },
  });
  const at = { clientAddress: '192.0.2.7', userAgent: 'test', knownBrowserOf: [] };
  const result = await signInHeadless({ engine, signIns }, headless, answer, at);
  expect(result).toMatchObject({ outcome: 'failed', reason: 'wrong_credentials' });
});

test('what another party vouches for is about the person it names, and about nobody else', async () => {
  const { parts, base } = server.drawbridge;
  const { person } = await addPerson(server.drawbridge, 'vera', { otp: true });
  const proof = { factor: 'password', category: 'knowledge', amr: 'pwd', at: base.clock.now() };
  const stepFor = async (more: Partial<typeof headless>) => {
    const ended = await signInHeadless(
      parts,
      { ...headless, asked: { factors: 2, maxAge: null, acrs: [] }, ...more } as never,
      () => null,
      { clientAddress: '127.0.0.1', userAgent: '', knownBrowserOf: [] },
    );
    return ended.outcome === 'stopped' ? ended.at.kind : ended.outcome;
  };
  const vouched = [proof] as never;
  expect(await stepFor({ subject: person.id as never, priorEvidence: vouched })).toBe('factor');
  expect(await stepFor({ subject: person.id as never })).toBe('password');
  expect(await stepFor({ priorEvidence: vouched })).toBe('password');
  await parts.people.disable(person.id);
  expect(await stepFor({ subject: person.id as never, priorEvidence: vouched })).toBe('password');
});
