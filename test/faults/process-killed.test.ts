import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser, type Visit } from '../support/browser.js';
import { startFragileCluster, type FragileCluster } from '../support/cluster/fragile-cluster.js';
import { quietly, redeem, stepNames, walkTo, wentOn } from '../support/cluster/sign-in-steps.js';
import { signIn } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { postgresBinary } from '../support/services/postgres-cluster.js';
import { redisBinary } from '../support/services/redis-server.js';

const installed = redisBinary !== undefined && postgresBinary !== undefined;

/** kill -9 of one of two processes. */
(installed ? describe : describe.skip)('a process that is killed', () => {
  let cluster: FragileCluster;
  beforeAll(async () => {
    cluster = await startFragileCluster();
  }, 60_000);
  afterAll(() => cluster.close());

  async function kill(index: number): Promise<void> {
    await cluster.server.nodes?.nodes[index]?.kill('SIGKILL');
  }
  const restart = (index: number) => cluster.server.nodes?.restart(index);

  test('before it is, both answer in turn', async () => {
    await signIn(
      new TestBrowser(),
      (await cluster.payroll.request()).url,
      await cluster.somebody(),
    );
    const counts = (cluster.server.nodes?.nodes ?? []).map(async ({ port }) => {
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const lines = metrics.matchAll(/^\w*http_requests_total\{.*\} (\d+)$/gm);
      return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
    });
    const [one = 0, other = 0] = await Promise.all(counts);
    expect(one + other).toBeGreaterThanOrEqual(7);
    expect(Math.abs(one - other)).toBeLessThanOrEqual(1);
  });

  test.each(stepNames.map((step, index) => ({ step, victim: index % 2 })))(
    'before the step "$step": the sign-in goes on with the other',
    async ({ step, victim }) => {
      const walk = await walkTo(step, cluster);
      await kill(victim);
      const answer = await walk.take();
      expect({ step, went: wentOn(step, answer), answer }).toMatchObject({ step, went: true });
      await restart(victim);
    },
  );

  test('while twenty redeem one code: one at most gets tokens, and nobody later', async () => {
    const request = await cluster.payroll.request();
    const arrived = await signIn(new TestBrowser(), request.url, await cluster.somebody());
    const code = new URL(arrived.location ?? '').searchParams.get('code') ?? '';
    const asked = Array.from({ length: 20 }, () => redeem(cluster, request, code));
    await Promise.race(asked);
    await kill(0);
    const answers = await Promise.all(asked);
    const later = await redeem(cluster, request, code);
    await restart(0);
    const last = await redeem(cluster, request, code);
    expect(withStatus(answers, 200).length).toBeLessThanOrEqual(1);
    expect([later.status, last.status]).toEqual([400, 400]);
    // What the killed process had in hand has no answer of ours; everything else is one or the other.
    expect(
      answers.map(({ status }) => status).filter((status) => ![200, 400, 502].includes(status)),
    ).toEqual([]);
  });

  test('while four browsers type one code: one at most is in, and nobody later', async () => {
    const who = await cluster.somebody();
    const typed = who.code();
    const atTheCode = async () => {
      const browser = new TestBrowser();
      const page = await browser.open((await cluster.payroll.request()).url);
      const otp = await browser.submit(page, { username: who.username, password: PASSWORD });
      return { browser, otp };
    };
    const waiting = await Promise.all(Array.from({ length: 5 }, atTheCode));
    const [late, ...early] = waiting;
    const asked = early.map(({ browser, otp }) => browser.post(otp, { code: typed }));
    await Promise.race(asked);
    await kill(1);
    await Promise.all(asked);
    const inside = await Promise.all(early.map(({ browser }) => quietly(cluster, browser)));
    expect(inside.filter((answer) => answer === 'code').length).toBeLessThanOrEqual(1);
    await restart(1);
    const refused = await late?.browser.post(late.otp, { code: typed });
    expect(refused?.status).toBe(401);
  });
});

function withStatus(answers: readonly Visit[], status: number): Visit[] {
  return answers.filter((answer) => answer.status === status);
}

if (!installed) {
  process.stdout.write('Not tested: kill -9 of a process, for want of Redis or PostgreSQL.\n');
}
