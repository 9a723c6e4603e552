import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { expectUnavailable } from '../support/cluster/expect-friendly.js';
import { REDIRECT } from '../support/external-mfa/entra-cloud.js';
import {
  setExternalMfaScene,
  type ExternalMfaScene,
} from '../support/external-mfa/external-mfa-scene.js';
import type { ChildServer } from '../support/services/child-server.js';
import {
  postgresBinary,
  startPostgresCluster,
  type TestPostgres,
} from '../support/services/postgres-cluster.js';
import { redisBinary, startRedisServer, type TestRedis } from '../support/services/redis-server.js';
import { until } from '../support/services/until.js';

const installed = redisBinary !== undefined && postgresBinary !== undefined;

/** Entra waits: a store that is away must not leave people on a page of ours, where their way back is known. */
(installed ? describe : describe.skip)('a store is away while Entra waits', () => {
  let redis: TestRedis;
  let postgres: TestPostgres;
  let scene: ExternalMfaScene;
  beforeAll(async () => {
    [redis, postgres] = await Promise.all([
      startRedisServer({ appendOnly: true }),
      startPostgresCluster(),
    ]);
    scene = await setExternalMfaScene(undefined, 'at-sign-in', {
      redis: { url: redis.url },
      database: { url: postgres.url },
    });
    // Keys are made when they are first asked for.
    await fetch(`${scene.server.url}/external-mfa/contoso/jwks`);
  }, 60_000);
  afterAll(async () => {
    await scene.close();
    await Promise.all([redis.remove(), postgres.remove()]);
  });

  /** Does something while a store is away, and brings it back. */
  async function without<Result>(
    { server }: { server: ChildServer },
    work: () => Promise<Result>,
  ): Promise<Result> {
    await server.kill('SIGKILL');
    try {
      return await work();
    } finally {
      await server.start();
      await until(async () => (await fetch(`${scene.server.url}/health/ready`)).ok);
    }
  }

  const expectTryLater = (
    page: Awaited<ReturnType<ExternalMfaScene['send']>>,
    fields: Record<string, string>,
  ) => {
    const { action, error, state, error_description: told } = scene.answerOf(page);
    expect({ action, error, state, told }).toEqual({
      action: REDIRECT,
      error: 'temporarily_unavailable',
      state: fields['state'],
      told: 'DB-702',
    });
    expect(page.body).not.toContain('id_token');
  };

  test('PostgreSQL when the request comes', async () => {
    const fields = await scene.request(await scene.somebody());
    expectTryLater(await without(postgres, () => scene.send(new TestBrowser(), fields)), fields);
  });

  test('Redis when the request comes', async () => {
    const fields = await scene.request(await scene.somebody());
    expectTryLater(await without(redis, () => scene.send(new TestBrowser(), fields)), fields);
  });

  test('PostgreSQL when the browser comes back with its cookies', async () => {
    const fields = await scene.request(await scene.somebody());
    const browser = new TestBrowser();
    const url = `${scene.server.url}/external-mfa/contoso/authorize`;
    const body = new URLSearchParams(fields);
    const parked = await browser.request(url, { method: 'POST', body });
    expectTryLater(await without(postgres, () => browser.follow(parked)), fields);
  });

  test('PostgreSQL when a code is typed', async () => {
    const who = await scene.somebody();
    const fields = await scene.request(who);
    const browser = new TestBrowser();
    const page = await scene.send(browser, fields);
    expectTryLater(
      await without(postgres, () => browser.submit(page, { code: who.code() })),
      fields,
    );
  });

  test('PostgreSQL when the answer would be signed', async () => {
    const who = await scene.somebody();
    const fields = await scene.request(who);
    const browser = new TestBrowser();
    const page = await scene.send(browser, fields);
    const held = await browser.post(page, { code: who.code() });
    expectTryLater(await without(postgres, () => browser.follow(held)), fields);
  });

  test('Redis when a code is typed: the way back is in it, so the person is asked to try again', async () => {
    const who = await scene.somebody();
    const fields = await scene.request(who);
    const browser = new TestBrowser();
    const page = await scene.send(browser, fields);
    expectUnavailable(await without(redis, () => browser.submit(page, { code: who.code() })));
    const left = await browser.submit(page, { code: who.code() });
    expect(scene.answerOf(left)['id_token']).toBeDefined();
  });
});

if (!installed) {
  process.stdout.write(
    'Not tested: External MFA without a store, for want of Redis or PostgreSQL.\n',
  );
}
