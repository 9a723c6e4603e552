import { once } from 'node:events';
import { request as send, type ClientRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formOf, TestBrowser } from '../support/browser.js';
import { importPeople, type ImportedPerson } from '../support/imported-people.js';
import { OidcClient } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { install, type Installation } from '../support/server-process.js';
import { postgresBinary, startPostgresCluster } from '../support/services/postgres-cluster.js';
import { redisBinary, startRedisServer } from '../support/services/redis-server.js';
import { until } from '../support/services/until.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const withoutHope = temporaryFolder();
let installation: Installation;
let anna: ImportedPerson;

beforeAll(async () => {
  installation = await install(folder.path);
  [anna] = (await importPeople(installation, folder.path, ['anna'])) as [ImportedPerson];
}, 60_000);

const refused = () =>
  fetch(`${installation.url}/health/live`).then(
    () => false,
    () => true,
  );

describe('a server that is told to stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s finishes what it has in hand, takes nothing new, and ends with 0',
    async (signal) => {
      const server = installation.start();
      await server.ready();
      const payroll = await OidcClient.discover(installation.url, 'payroll');
      const browser = new TestBrowser();
      const page = await browser.open((await payroll.request()).url);
      const { action, hidden } = formOf(page);
      const body = new URLSearchParams({
        ...hidden,
        username: anna.username,
        password: PASSWORD,
      }).toString();
      const inHand = send(action, {
        method: 'POST',
        agent: false,
        headers: {
          cookie: await browser.jar.getCookieString(action),
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
        },
      });
      await firstHalf(inHand, body);
      // Answered after the half was sent, on another connection: the server has the request in hand.
      expect((await browser.request(`${installation.url}/health/live`)).status).toBe(200);
      const ended = server.kill(signal);
      await until(refused);
      inHand.end(body.slice(body.length / 2));
      const [answer] = (await once(inHand, 'response')) as [IncomingMessage];
      expect(answer.statusCode).toBe(303);
      expect(answer.headers.location).toContain('/login/');
      answer.resume();
      expect(await ended).toBe(0);
      expect(server.stderr()).not.toContain('"level":"error"');
    },
  );

  const installed = redisBinary !== undefined && postgresBinary !== undefined;
  (installed ? test : test.skip)('ends by itself when its stores are gone', async () => {
    const [redis, postgres] = await Promise.all([startRedisServer(), startPostgresCluster()]);
    const stores = `redis: { url: "${redis.url}" }\ndatabase: { url: "${postgres.url}" }`;
    const server = (await install(withoutHope.path, stores)).start();
    await server.ready();
    await Promise.all([redis.remove(), postgres.remove()]);
    expect(await server.kill('SIGTERM')).toBe(0);
  });

  afterAll(async () => {
    expect(await refused()).toBe(true);
  });
});

/** Resolves when the head and half of the body have been handed to the system. */
async function firstHalf(request: ClientRequest, body: string): Promise<void> {
  await new Promise<void>((resolve) => {
    request.write(body.slice(0, body.length / 2), () => resolve());
  });
}
