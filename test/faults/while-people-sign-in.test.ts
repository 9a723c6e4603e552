import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { TestBrowser, type Visit } from '../support/browser.js';
import { expectNothingInside, expectUnavailable } from '../support/cluster/expect-friendly.js';
import {
  startFragileCluster,
  type FragileCluster,
  type Somebody,
} from '../support/cluster/fragile-cluster.js';
import { redeem } from '../support/cluster/sign-in-steps.js';
import { CALLBACK } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { postgresBinary } from '../support/services/postgres-cluster.js';
import { redisBinary } from '../support/services/redis-server.js';

const installed = redisBinary !== undefined && postgresBinary !== undefined;
const PEOPLE = 80;
const AT_A_TIME = 4;
const CALM_MS = 250;

/** Faults that meet requests wherever these happen to be, unlike the other tests here, where nothing is under way. */
(installed ? describe : describe.skip)('faults while people sign in', () => {
  let cluster: FragileCluster;
  const people: Somebody[] = [];
  const answers: Visit[] = [];
  const idTokens: string[] = [];
  let afterTheFaults: boolean[] = [];
  let over = false;

  beforeAll(async () => {
    cluster = await startFragileCluster({ appendOnly: true });
    for (let n = 0; n < PEOPLE; n += 1) people.push(await cluster.somebody());
    const workers = Array.from({ length: AT_A_TIME }, signInUntilOver);
    await delay(CALM_MS);
    for (const fault of faults) {
      await fault();
      await cluster.untilReady(true);
      await delay(CALM_MS);
    }
    over = true;
    await Promise.all(workers);
    const late = await Promise.all(Array.from({ length: AT_A_TIME }, () => cluster.somebody()));
    afterTheFaults = await Promise.all(late.map(signInPatiently));
  }, 120_000);
  afterAll(() => cluster.close());

  const faults: (() => Promise<void>)[] = [
    async () => {
      await cluster.server.nodes?.nodes[0]?.kill('SIGKILL');
      await delay(CALM_MS);
      await cluster.server.nodes?.restart(0);
    },
    () => restart(cluster.redis.server, 'SIGKILL'),
    () => restart(cluster.postgres.server, 'SIGINT'),
    () => restart(cluster.postgres.server, 'SIGKILL'),
    async () => {
      await Promise.all([
        cluster.server.nodes?.nodes[1]?.kill('SIGKILL'),
        restart(cluster.redis.server, 'SIGTERM'),
      ]);
      await cluster.server.nodes?.restart(1);
    },
  ];

  /** One who signs in, again and again, each time as somebody else. */
  async function signInUntilOver(): Promise<void> {
    for (let who = people.pop(); who !== undefined && !over; who = people.pop()) {
      await signInPatiently(who);
    }
  }

  /** Tries again what could not be answered, types the next code when one is used up, and otherwise gives up. */
  async function signInPatiently(who: Somebody): Promise<boolean> {
    const browser = new TestBrowser();
    const request = await cluster.payroll.request();
    const password = await patiently(() => browser.open(request.url));
    if (!password.body.includes('name="password"')) return false;
    const typed = { username: who.username, password: PASSWORD };
    let page = await patiently(() => browser.submit(password, typed));
    for (let later = 0; later < 2 && page.body.includes('name="code"'); later += 1) {
      const otp = page;
      page = await patiently(() => browser.submit(otp, { code: who.code(later) }));
    }
    if (page.location?.startsWith(`${CALLBACK}?code=`) !== true) return false;
    const code = new URL(page.location).searchParams.get('code') ?? '';
    const tokens = await patiently(() => redeem(cluster, request, code));
    const again = await patiently(() => redeem(cluster, request, code));
    expect(again.status).toBe(400);
    if (tokens.status !== 200) return false;
    idTokens.push((JSON.parse(tokens.body) as { id_token: string }).id_token);
    return true;
  }

  async function patiently(take: () => Promise<Visit>): Promise<Visit> {
    for (let tries = 0; ; tries += 1) {
      const answer = await take();
      answers.push(answer);
      if (answer.status < 500 || tries === 100) return answer;
      await delay(50);
    }
  }

  test('every answer is a page, or says when to come back', () => {
    const counts = new Map<number, number>();
    for (const answer of answers) {
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
      if (answer.status === 503) expectUnavailable(answer);
      else expectNothingInside(answer);
    }
    // 502 is the load balancer's, for what a killed process had in hand.
    const expected = [200, 303, 400, 401, 404, 410, 502, 503];
    expect([...counts].filter(([status]) => !expected.includes(status))).toEqual([]);
    expect(counts.get(502) ?? 0).toBeLessThanOrEqual(2 * AT_A_TIME);
  });

  test('whoever got in had proved both', () => {
    expect(idTokens.length).toBeGreaterThan(0);
    for (const token of idTokens) expect(decodeJwt(token)['amr']).toEqual(['pwd', 'otp', 'mfa']);
  });

  test('afterwards everybody gets in', () => {
    expect(afterTheFaults).toEqual(Array(AT_A_TIME).fill(true));
  });

  test('the outages raised an alarm, and nothing else was an error', () => {
    const errors = cluster.server.log.filter((line) => line.includes('"level":"error"'));
    expect(
      errors.some((line) => line.includes('"alarm.raised","name":"dependency_unavailable"')),
    ).toBe(true);
    expect(
      errors.filter((line) => !/DependencyUnavailable|dependency_unavailable/.test(line)),
    ).toEqual([]);
  });
});

async function restart(
  service: { kill(signal: NodeJS.Signals): Promise<void>; start(): Promise<void> },
  signal: NodeJS.Signals,
): Promise<void> {
  await service.kill(signal);
  await delay(CALM_MS);
  await service.start();
}

if (!installed) {
  process.stdout.write('Not tested: faults under way, for want of Redis or PostgreSQL.\n');
}
