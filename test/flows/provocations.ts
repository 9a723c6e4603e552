import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { sql } from 'kysely';
import { signInHeadless } from '../../src/login/headless-driver.js';
import type { SqlDatabase } from '../../src/storage/sql/sql-database.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { OidcClient } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { freshRedis } from '../support/services/fresh-stores.js';
import { startSocketProxy } from '../support/socket-proxy.js';
import { oidcParty, startTestServer } from '../support/start-server.js';
import type { Scene } from '../security/support/scene.js';

/** A host without a browser answers another step than the one that is asked. No page: it has none. */
export async function stepOutOfOrder({ server }: Scene): Promise<null> {
  const { engine, signIns } = server.drawbridge.parts;
  const result = await signInHeadless(
    { engine, signIns },
    {
      relyingParty: 'payroll',
      protocol: 'oidc',
      entry: 'test.headless',
      asked: { factors: 2, maxAge: null, acrs: [] },
      force: false,
      loginHint: null,
      uiLocales: null,
      subject: null,
      priorEvidence: [],
      allowedFactors: null,
      session: 'isolated',
      deadline: null,
      interaction: 'none',
      continueAt: '/',
      protocolState: {},
    },
    () => ({ kind: 'submit', step: 'factor:otp', fields: { code: '123456' } }),
    { clientAddress: '192.0.2.7', userAgent: 'test', knownBrowserOf: [] },
  );
  expect(result).toMatchObject({ outcome: 'failed', reason: 'step_out_of_order' });
  return null;
}

/** A session ends while a service is being entered with it: the database is held up for just that long. */
export async function endedWhileEntering(scene: Scene): Promise<Visit> {
  const { parts, base } = scene.server.drawbridge;
  for (let wait = 100; wait < 5_000; wait *= 2) {
    const { who, browser } = await scene.signedIn();
    const request = await scene.wiki.request();
    const release = await hold(base.database);
    const entering = browser.open(request.url);
    await delay(wait);
    for (const session of await parts.sessions.ofPerson(who.id as never)) {
      await parts.sessions.end(session);
    }
    await release();
    const page = await entering;
    // Where the session was gone before it was looked at, the page is a sign-in, and this was too soon.
    if (failureOnPage(page) !== null) return page;
  }
  throw new Error('the session always ended too soon');
}

/** Nothing is read or written (PostgreSQL: of grants) until the hold is released. */
async function hold(database: SqlDatabase): Promise<() => Promise<void>> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let transaction: Promise<void> | undefined;
  await new Promise<void>((resolve) => {
    transaction = database.transaction(async (tx) => {
      if (database.dialect === 'postgres') {
        await sql`lock table oidc_grants in access exclusive mode`.execute(tx);
      }
      resolve();
      await released;
    });
  });
  return async () => {
    release();
    await transaction;
  };
}

/** More people at once than may wait for a password to be judged. */
export async function tooManyAtOnce(): Promise<Visit> {
  const server = await startTestServer({
    relyingParties: [oidcParty('payroll', {})],
    configuration: { passwords: smallQueue },
  });
  try {
    const payroll = await OidcClient.discover(server.url, 'payroll');
    const waiting = await Promise.all(
      Array.from({ length: 4 * availableParallelism() + 8 }, async (_, index) => {
        const browser = new TestBrowser();
        const page = await browser.open((await payroll.request()).url);
        return () => browser.submit(page, { username: `person${index}`, password: PASSWORD });
      }),
    );
    const pages = await Promise.all(waiting.map((submit) => submit()));
    const refused = pages.find(({ status }) => status === 503);
    if (refused === undefined) throw new Error('everybody was served');
    expect(refused.headers.get('retry-after')).not.toBeNull();
    return refused;
  } finally {
    await server.close();
  }
}

const smallQueue = {
  minLength: 8,
  blocklistFile: null,
  memoryKiB: 19_456,
  iterations: 2,
  parallelism: 1,
  queueLength: 1,
};

/** Redis is away. */
export async function withoutStore(): Promise<Visit> {
  const fresh = freshRedis();
  const redis = new URL(fresh.url);
  const proxy = await startSocketProxy({
    name: 'Redis',
    target: { host: redis.hostname, port: Number(redis.port) },
    decoder: () => () => [],
    onTrip: () => {},
  });
  const through = new URL(redis);
  through.port = String(proxy.port);
  const server = await startTestServer({
    relyingParties: [oidcParty('payroll', {})],
    configuration: { redis: { ...fresh, url: through.href } },
  });
  try {
    const payroll = await OidcClient.discover(server.url, 'payroll');
    await proxy.close();
    const page = await new TestBrowser().open((await payroll.request()).url);
    expect(page.headers.get('retry-after')).not.toBeNull();
    return page;
  } finally {
    await server.close();
  }
}
