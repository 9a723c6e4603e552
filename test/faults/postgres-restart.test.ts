import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { expectUnavailable } from '../support/cluster/expect-friendly.js';
import { startFragileCluster, type FragileCluster } from '../support/cluster/fragile-cluster.js';
import { quietly, stepNames, walkTo, wentOn } from '../support/cluster/sign-in-steps.js';
import { signIn } from '../support/oidc-client.js';
import { postgresBinary } from '../support/services/postgres-cluster.js';
import { redisBinary } from '../support/services/redis-server.js';

const signals: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGINT'];
const installed = redisBinary !== undefined && postgresBinary !== undefined;

/** PostgreSQL restarts in the middle of a sign-in. It forgets nothing, so every sign-in goes on afterwards. */
(installed ? describe : describe.skip)('a PostgreSQL that restarts', () => {
  let cluster: FragileCluster;
  beforeAll(async () => {
    cluster = await startFragileCluster();
  }, 60_000);
  afterAll(() => cluster.close());

  test.each(stepNames.map((step, index) => ({ step, signal: signals[index % 2] ?? 'SIGKILL' })))(
    'by $signal before the step "$step"',
    async ({ step, signal }) => {
      const walk = await walkTo(step, cluster);
      await cluster.postgres.server.kill(signal);
      for (let tries = 0; tries < 4; tries += 1) {
        const answer = await walk.take();
        // A browser without a session needs no database until a password is to be checked.
        if (step === 'start') expect(answer.status).toBe(303);
        else expectUnavailable(answer);
      }
      expect(await cluster.health()).toEqual({ live: [true, true], ready: [false, false] });

      await cluster.postgres.server.start();
      await cluster.untilReady(true);
      const hasProvedBoth = step === 'resume' || step === 'token';
      expect(await quietly(cluster, walk.browser)).toBe(hasProvedBoth ? 'code' : 'login_required');
      const answer = await walk.take();
      expect({ step, went: wentOn(step, answer), answer }).toMatchObject({ step, went: true });
    },
  );

  test('a session from before is as good as before', async () => {
    const browser = new TestBrowser();
    await signIn(browser, (await cluster.payroll.request()).url, await cluster.somebody());
    await cluster.postgres.server.kill('SIGKILL');
    const request = await cluster.payroll.request({ prompt: 'none' });
    for (let tries = 0; tries < 4; tries += 1) {
      expectUnavailable(await browser.request(request.url));
    }
    await cluster.postgres.server.start();
    await cluster.untilReady(true);
    expect(await quietly(cluster, browser)).toBe('code');
  });
});

if (!installed) {
  process.stdout.write('Not tested: restarts of PostgreSQL, for want of Redis or PostgreSQL.\n');
}
