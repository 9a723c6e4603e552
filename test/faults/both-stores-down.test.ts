import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { expectNothingInside, expectUnavailable } from '../support/cluster/expect-friendly.js';
import { startFragileCluster, type FragileCluster } from '../support/cluster/fragile-cluster.js';
import { signIn } from '../support/oidc-client.js';
import { postgresBinary } from '../support/services/postgres-cluster.js';
import { redisBinary } from '../support/services/redis-server.js';

const installed = redisBinary !== undefined && postgresBinary !== undefined;

(installed ? describe : describe.skip)('with Redis and PostgreSQL both gone', () => {
  let cluster: FragileCluster;
  let browser: TestBrowser;
  beforeAll(async () => {
    cluster = await startFragileCluster();
    browser = new TestBrowser();
    await signIn(browser, (await cluster.payroll.request()).url, await cluster.somebody());
    await Promise.all([
      cluster.redis.server.kill('SIGKILL'),
      cluster.postgres.server.kill('SIGKILL'),
    ]);
  }, 60_000);
  afterAll(() => cluster.close());

  test.each(['/.well-known/openid-configuration', '/jwks'])(
    'services can still read %s, by which they verify what they hold',
    async (path) => {
      for (const one of [new TestBrowser(), browser]) {
        for (let tries = 0; tries < 2; tries += 1) {
          const answer = await one.request(cluster.server.url + path);
          expect(answer.status).toBe(200);
          expect(JSON.parse(answer.body)).toBeInstanceOf(Object);
        }
      }
    },
  );

  test('the processes live and are not ready', async () => {
    expect(await cluster.health()).toEqual({ live: [true, true], ready: [false, false] });
  });

  test.each([
    ['GET', '/'],
    ['GET', '/account'],
    ['GET', '/logout'],
    ['GET', '/login/sgn_0000000000000000000000'],
    ['POST', '/login/sgn_0000000000000000000000'],
    ['GET', '/password/forgot'],
    ['POST', '/password/forgot'],
    ['GET', '/userinfo'],
    ['POST', '/token'],
    ['POST', '/introspect'],
    ['POST', '/revoke'],
    ['GET', '/metrics'],
    ['GET', '/nowhere'],
  ])('%s %s answers, and tells nothing of what is behind', async (method, path) => {
    for (const one of [new TestBrowser(), browser]) {
      const answer = await one.request(cluster.server.url + path, { method });
      if (answer.status === 503) expectUnavailable(answer);
      else expect(answer.status).toBeLessThan(500);
      if (path !== '/metrics') expectNothingInside(answer);
    }
  });

  test('nobody is let in, whoever they were', async () => {
    const request = await cluster.payroll.request({ prompt: 'none' });
    expectUnavailable(await browser.request(request.url));
    expectUnavailable(await browser.request((await cluster.payroll.request()).url));
  });

  test('everything works again without a restart', async () => {
    await Promise.all([cluster.redis.server.start(), cluster.postgres.server.start()]);
    await cluster.untilReady(true);
    const request = await cluster.payroll.request();
    const arrived = await signIn(new TestBrowser(), request.url, await cluster.somebody());
    expect((await cluster.payroll.redeem(request, arrived)).access_token).toBeDefined();
  });
});

if (!installed) {
  process.stdout.write('Not tested: an outage of both stores, for want of Redis or PostgreSQL.\n');
}
