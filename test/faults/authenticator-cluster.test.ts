import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { expectPage, expectUnavailable } from '../support/cluster/expect-friendly.js';
import { startFragileCluster, type FragileCluster } from '../support/cluster/fragile-cluster.js';
import { quietly } from '../support/cluster/sign-in-steps.js';
import { answerOf } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { readEvents } from '../support/phone-app/read-events.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import type {
  ReceivedChallenge,
  ReferenceAuthenticator,
} from '../support/reference-authenticator/reference-authenticator.js';
import { postgresBinary } from '../support/services/postgres-cluster.js';
import { redisBinary } from '../support/services/redis-server.js';

const installed = redisBinary !== undefined && postgresBinary !== undefined;
const suite = installed ? describe : describe.skip;

interface Owner {
  person: Person;
  phone: ReferenceAuthenticator;
}
interface Waiting extends Owner {
  browser: TestBrowser;
  page: Visit;
  challenge: ReceivedChallenge;
}

let people = 0;
async function owner(cluster: FragileCluster): Promise<Owner> {
  people += 1;
  const { person } = await addPerson(cluster.server.drawbridge, `phoebe${people}`, { otp: false });
  return { person, phone: await addPhone(cluster.server, person) };
}

async function waiting(cluster: FragileCluster, as?: Owner): Promise<Waiting> {
  const { person, phone } = as ?? (await owner(cluster));
  const browser = new TestBrowser();
  const { url } = await cluster.payroll.request();
  const page = await upToPhone(browser, url, person.username);
  const [challenge] = await phone.pending();
  return { person, phone, browser, page, challenge: challenge! };
}

const approve = ({ phone, challenge, page }: Waiting) =>
  phone.approve(challenge, { number: numberOn(page), pin: PIN });

async function expectIn({ browser, page }: Waiting): Promise<void> {
  const arrived = await browser.open(page.url);
  expect(answerOf(arrived)['code']).toBeDefined();
}

suite('a process that is killed', () => {
  let cluster: FragileCluster;
  beforeAll(async () => {
    cluster = await startFragileCluster();
  }, 60_000);
  afterAll(() => cluster.close());
  const kill = (index: number) => cluster.server.nodes?.nodes[index]?.kill('SIGKILL');
  const restart = (index: number) => cluster.server.nodes?.restart(index);

  test('with the stream of a phone in hand: the stream ends, and the other process shows the request', async () => {
    const { person, phone } = await owner(cluster);
    // They answer in turn, so that each process has one of these.
    const streams = [];
    for (const _ of ['one', 'other']) {
      streams.push(readEvents(await phone.stream(AbortSignal.timeout(60_000))));
    }
    for (const stream of streams) await stream.until(({ challenges }) => challenges.length === 0);
    const gone = Promise.race(streams.map((stream, index) => stream.ended.then(() => index)));
    await kill(0);
    const ended = await gone;
    const again = readEvents(await phone.stream(AbortSignal.timeout(60_000)));
    await again.until(({ challenges }) => challenges.length === 0);
    const { url } = await cluster.payroll.request();
    const browser = new TestBrowser();
    const page = await upToPhone(browser, url, person.username);
    const shown = await again.until(({ challenges }) => challenges.length === 1);
    await streams[1 - ended]!.until(
      ({ challenges }) => challenges[0]?.id === shown.challenges[0]?.id,
    );
    const [challenge] = await phone.pending();
    const asked = { person, phone, browser, page, challenge: challenge! };
    expect((await approve(asked)).status).toBe(200);
    await expectIn(asked);
    for (const stream of [...streams, again]) stream.stop();
    await restart(0);
  });

  test.each([0, 1])(
    'while a request waits (%i): the other takes the answer, and the page goes on',
    async (victim) => {
      const asked = await waiting(cluster);
      await kill(victim);
      expect((await approve(asked)).status).toBe(200);
      await expectIn(asked);
      await restart(victim);
    },
  );

  test('between the answer and the page: nobody else gets in by it, and it works once', async () => {
    const asked = await waiting(cluster);
    expect((await approve(asked)).status).toBe(200);
    await kill(0);
    expect((await new TestBrowser().open(asked.page.url)).body).not.toContain('code=');
    await expectIn(asked);
    await restart(0);
    const answer = await asked.phone.approve(asked.challenge, {
      number: numberOn(asked.page),
      pin: PIN,
    });
    expect(answer.status).toBeGreaterThanOrEqual(404);
  });
});

suite.each([
  { memory: 'has forgotten everything', appendOnly: false },
  { memory: 'keeps what it knew', appendOnly: true },
])('a Redis that restarts while a request waits, and $memory', ({ appendOnly }) => {
  let cluster: FragileCluster;
  beforeAll(async () => {
    cluster = await startFragileCluster({ appendOnly });
  }, 60_000);
  afterAll(() => cluster.close());

  async function restarted(): Promise<void> {
    await cluster.redis.server.start();
    await cluster.untilReady(true);
  }

  test('approves nothing by default; the person goes on, or starts again', async () => {
    const asked = await waiting(cluster);
    await cluster.redis.server.kill('SIGKILL');
    const refused = await asked.phone.inbox();
    expect([refused.status, refused.body]).toEqual([503, { error: 'unavailable' }]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expectUnavailable(await asked.browser.request(asked.page.url));
    await restarted();
    expect(await quietly(cluster, asked.browser)).toBe('login_required');

    if (appendOnly) {
      expect((await approve(asked)).status).toBe(200);
      await expectIn(asked);
      return;
    }
    expect(await asked.phone.pending()).toEqual([]);
    expect((await approve(asked)).status).toBe(404);
    expectPage(await asked.browser.request(asked.page.url));
    expect(await quietly(cluster, asked.browser)).toBe('login_required');
    const again = await waiting(cluster, asked);
    expect((await approve(again)).status).toBe(200);
    await expectIn(again);
  });

  test('after an approval that no page has used: it is used once, or lost', async () => {
    const asked = await waiting(cluster);
    expect((await approve(asked)).status).toBe(200);
    await cluster.redis.server.kill('SIGKILL');
    expectUnavailable(await asked.browser.request(asked.page.url));
    await restarted();
    if (appendOnly) return expectIn(asked);
    expectPage(await asked.browser.request(asked.page.url));
    expect(await quietly(cluster, asked.browser)).toBe('login_required');
  });

  test('gives nobody more tries: strikes are where Redis is not', async () => {
    const asked = await waiting(cluster);
    const wrong = { number: numberOn(asked.page), pin: '700441' };
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await asked.phone.approve(asked.challenge, wrong);
    }
    await cluster.redis.server.kill('SIGKILL');
    await restarted();
    const again = await waiting(cluster, asked);
    const typed = { number: numberOn(again.page), pin: '700442' };
    expect((await again.phone.approve(again.challenge, typed)).status).toBe(403);
    expect((await again.phone.approve(again.challenge, typed)).status).toBe(423);
  });
});

if (!installed) {
  process.stdout.write(
    'Not tested: phones while stores and processes die, for want of Redis or PostgreSQL.\n',
  );
}
