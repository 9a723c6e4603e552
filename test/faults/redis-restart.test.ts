import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectPage, expectUnavailable } from '../support/cluster/expect-friendly.js';
import { startFragileCluster, type FragileCluster } from '../support/cluster/fragile-cluster.js';
import {
  quietly,
  stepNames,
  walkTo,
  wentOn,
  type StepName,
} from '../support/cluster/sign-in-steps.js';
import { signIn } from '../support/oidc-client.js';
import { postgresBinary } from '../support/services/postgres-cluster.js';
import { redisBinary } from '../support/services/redis-server.js';

const installed = redisBinary !== undefined && postgresBinary !== undefined;

/** Redis restarts in the middle of a sign-in, at each step, with and without its memory. */
(installed ? describe : describe.skip).each([
  { memory: 'keeps what it knew', appendOnly: true },
  { memory: 'has forgotten everything', appendOnly: false },
])('a Redis that restarts and $memory', ({ appendOnly }) => {
  let cluster: FragileCluster;
  beforeAll(async () => {
    cluster = await startFragileCluster({ appendOnly });
  }, 60_000);
  afterAll(() => cluster.close());

  /** Whether the step still means anything to a Redis that forgot. */
  const goesOn = (step: StepName) => appendOnly || step === 'start';

  test.each(stepNames)('before the step "%s"', async (step) => {
    const walk = await walkTo(step, cluster);
    await cluster.redis.server.kill('SIGKILL');
    // Both processes in turn, and again: what was refused left nothing behind.
    for (let tries = 0; tries < 4; tries += 1) expectUnavailable(await walk.take());
    expect(await cluster.health()).toEqual({ live: [true, true], ready: [false, false] });

    await cluster.redis.server.start();
    await cluster.untilReady(true);
    const hasProvedBoth = step === 'resume' || step === 'token';
    const session = hasProvedBoth && appendOnly ? 'code' : 'login_required';
    expect(await quietly(cluster, walk.browser)).toBe(session);

    const answer = await walk.take();
    if (goesOn(step)) {
      expect({ step, went: wentOn(step, answer), answer }).toMatchObject({ step, went: true });
    } else if (step === 'token') {
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_grant' });
    } else {
      expectPage(answer);
      expect(await quietly(cluster, walk.browser)).toBe('login_required');
    }
  });

  test('people sign in afterwards, in the browser they had before', async () => {
    const walk = await walkTo('code', cluster);
    await cluster.redis.server.kill('SIGKILL');
    expectUnavailable(await walk.take());
    await cluster.redis.server.start();
    await cluster.untilReady(true);
    const request = await cluster.payroll.request();
    const { who } = walk;
    const arrived = await signIn(walk.browser, request.url, { ...who, code: () => who.code(1) });
    const tokens = await cluster.payroll.redeem(request, arrived);
    expect(tokens.claims()?.['amr']).toEqual(['pwd', 'otp', 'mfa']);
  });
});

if (!installed)
  process.stdout.write('Not tested: restarts of Redis, for want of Redis or PostgreSQL.\n');
