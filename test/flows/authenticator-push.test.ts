import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { ensureVapidKeys } from '../../src/factors/push/vapid-keys.js';
import { TestBrowser } from '../support/browser.js';
import { addPerson } from '../support/people.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import { checkVapid } from '../support/push-service/check-vapid.js';
import { createSubscriber, type Subscriber } from '../support/push-service/decrypt-message.js';
import { startPushService, type PushService } from '../support/push-service/start-push-service.js';
import type { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { until } from '../support/services/until.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { toyParty, toyProtocol } from '../support/toy/toy-protocol.js';

let push: PushService;
let server: TestServer;
beforeAll(async () => {
  push = await startPushService();
  server = await startTestServer({
    relyingParties: [toyParty],
    processes: 1,
    choices: { protocols: [toyProtocol], pushAgent: push.agent },
  });
});
afterAll(async () => {
  await server.close();
  await push.close();
});
afterEach(() => {
  push.received.length = 0;
  push.answer = { status: 201 };
});

let people = 0;
interface Subscribed {
  person: Person;
  phone: ReferenceAuthenticator;
  subscriber: Subscriber;
}
async function subscribed(): Promise<Subscribed> {
  people += 1;
  const { person } = await addPerson(server.drawbridge, `pia${people}`, { otp: false });
  const phone = await addPhone(server, person);
  const subscriber = createSubscriber();
  const endpoint = `https://${push.host}/wp/${people}`;
  expect((await phone.subscribe(endpoint, subscriber.keys)).status).toBe(204);
  return { person, phone, subscriber };
}

const signInOf = ({ username }: Person) =>
  upToPhone(new TestBrowser(), `${server.url}/toy`, username);

async function pushState(phone: ReferenceAuthenticator): Promise<unknown> {
  const { profile } = (await phone.inbox()).body as { profile: { push: string } };
  return profile.push;
}

describe('13. the push', () => {
  test('holds the id of the challenge and generic words, for as long as the challenge lives', async () => {
    const { person, phone, subscriber } = await subscribed();
    const page = await signInOf(person);
    const [{ headers, body, path }] = (await push.arrived(1)) as [(typeof push.received)[0]];
    const [challenge] = await phone.pending();
    const text = subscriber.decrypt(body);
    expect(JSON.parse(text)).toEqual({
      web_push: 8030,
      notification: {
        title: 'Is it you who is signing in?',
        body: 'Open to answer.',
        lang: 'en',
        tag: challenge?.id,
        navigate: `${server.url}/authenticator/#c=${challenge?.id}`,
      },
    });
    expect(text).not.toContain('Toy box');
    expect(text).not.toContain(`"${numberOn(page)}"`);
    expect(path).toBe(`/wp/${people}`);
    expect(body.length).toBeLessThanOrEqual(4096);
    expect(headers).toMatchObject({ urgency: 'high', 'content-encoding': 'aes128gcm' });
    const topic = createHash('sha256').update(phone.kept.profile).digest('base64url').slice(0, 32);
    expect(headers['topic']).toBe(topic);
    expect(Number(headers['ttl'])).toBeGreaterThan(110);
    expect(Number(headers['ttl'])).toBeLessThanOrEqual(120);
    const { pushKey } = server.drawbridge.parts.phones;
    checkVapid(String(headers['authorization']), {
      audience: `https://${push.host}`,
      publicKey: pushKey,
    });
  });

  test.each([404, 410, 403])(
    'after %i the subscription is forgotten, and the inbox goes on',
    async (status) => {
      const { person, phone } = await subscribed();
      push.answer = { status };
      await signInOf(person);
      await until(async () => (await pushState(phone)) === 'none');
      expect(await phone.pending()).toHaveLength(1);
    },
  );

  test('after 429 that phone is not rung until the time given is over', async () => {
    const { person, phone } = await subscribed();
    push.answer = { status: 429, headers: { 'retry-after': '600' } };
    await signInOf(person);
    await push.arrived(1);
    await server.drawbridge.parts.phones.doorbell.settled();
    push.answer = { status: 201 };
    await signInOf(person);
    await server.drawbridge.parts.phones.doorbell.settled();
    expect(push.received).toHaveLength(1);
    expect(await pushState(phone)).toBe('registered');
  });

  test('a redirect is not followed', async () => {
    const { person } = await subscribed();
    push.answer = { status: 307, headers: { location: `https://${push.host}/elsewhere` } };
    await signInOf(person);
    await push.arrived(1);
    await server.drawbridge.parts.phones.doorbell.settled();
    expect(push.received.map(({ path }) => path)).toEqual([`/wp/${people}`]);
  });

  test('a service that never answers keeps no page waiting: it is there before the push is given up', async () => {
    const { person, phone } = await subscribed();
    push.answer = 'never';
    const givenUp = () => server.log.filter((line) => line.includes('push.failed')).length;
    const before = givenUp();
    const page = await signInOf(person);
    expect(givenUp()).toBe(before);
    expect(numberOn(page)).toMatch(/^\d\d$/);
    expect(await phone.pending()).toHaveLength(1);
    await server.drawbridge.parts.phones.doorbell.settled();
    expect(givenUp()).toBe(before + 1);
  });

  test.each(['never', 'reset', { status: 500 }, { status: 503 }, { status: 201 }] as const)(
    'with a service that answers %j a sign-in goes on, by the inbox and by a code',
    async (answer) => {
      const { person, phone } = await subscribed();
      push.answer = answer;
      const browser = new TestBrowser();
      const page = await upToPhone(browser, `${server.url}/toy`, person.username);
      const [challenge] = await phone.pending();
      await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
      expect((await browser.open(page.url)).body).toContain('"who"');
      const other = new TestBrowser();
      const asked = await upToPhone(other, `${server.url}/toy`, person.username);
      const field = await other.submit(asked, { method: 'otp' });
      const arrived = await other.submit(field, { code: await phone.code(PIN) });
      expect(arrived.body).toContain('"who"');
      expect(await pushState(phone)).toBe('registered');
    },
  );

  test.each([
    'http://fcm.googleapis.com/x',
    'https://127.0.0.1/x',
    'https://localhost/x',
    'https://fcm.googleapis.com:8443/x',
    'https://user@fcm.googleapis.com/x',
    'https://fcm.googleapis.com.evil.example/x',
    'https://evil.example/fcm.googleapis.com',
    `https://fcm.googleapis.com/${'x'.repeat(1024)}`,
    'not a url',
  ])('is not sent to %s', async (endpoint) => {
    const { phone } = await subscribed();
    const { keys } = createSubscriber();
    const answer = await phone.subscribe(endpoint, keys);
    expect([answer.status, answer.body]).toEqual([400, { error: 'endpoint_refused' }]);
    expect(await pushState(phone)).toBe('registered');
    expect((await phone.unsubscribe()).status).toBe(204);
    expect((await phone.unsubscribe()).status).toBe(204);
    expect(await pushState(phone)).toBe('none');
  });

  test('the key by which push services know us is made once, and kept sealed', async () => {
    const { database } = server.drawbridge.base;
    const row = await database.db
      .selectFrom('secrets')
      .select('sealed')
      .where('name', '=', 'vapid')
      .executeTakeFirstOrThrow();
    expect(row.sealed).not.toContain('publicKey');
    const kept = await ensureVapidKeys(server.drawbridge.base);
    expect(kept.publicKey).toBe(server.drawbridge.parts.phones.pushKey);
  });
});
