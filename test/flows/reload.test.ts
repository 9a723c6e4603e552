import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { relyingPartiesFromFiles } from '../../src/server/relying-party-source.js';
import { token } from '../security/support/scene.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { mailsAbout } from '../support/mailbox.js';
import { answerOf, CALLBACK, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { until, untilEverywhere } from '../support/services/until.js';
import { startTestServer, testConfiguration, type TestServer } from '../support/start-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
/** Names a service whose file is written later. */
const rule = {
  name: 'the wiki is light',
  when: { relyingParties: ['wiki'], groups: null, networks: null, outsideNetworks: null },
  then: { factors: 1 as const, maxAge: null },
};
const files = { relyingPartyFiles: [join(folder.path, '*.yaml')] };
const admin = 'admin@example.org';
const env = { PAYROLL_SECRET: 'secret-of-payroll-0123456789' };

interface Written {
  name?: string;
  redirect?: string;
  enabled?: boolean;
}

/** As an operator writes it. */
function written(id: string, { name = id, redirect = CALLBACK, enabled = true }: Written = {}) {
  const secret = id === 'payroll' ? '"${PAYROLL_SECRET}"' : `secret-of-${id}-0123456789`;
  return [
    `id: ${id}`,
    `name: ${name}`,
    'protocol: oidc',
    `enabled: ${enabled}`,
    'oidc:',
    `  client_id: ${id}`,
    `  client_secret: ${secret}`,
    `  redirect_uris: [${redirect}]`,
    '  grant_types: [authorization_code, refresh_token, client_credentials]',
    'policy: { factors: 2 }',
    '',
  ].join('\n');
}

let server: TestServer;
let payroll: OidcClient;
let anna: { username: string; code: () => string };

beforeAll(async () => {
  folder.write('payroll.yaml', written('payroll', { name: 'Payroll' }));
  server = await startTestServer({
    relyingParties: [],
    // Each process looks at the files by itself, so that one shows what all do.
    processes: 1,
    configuration: { ...files, adminMail: admin },
    choices: {
      relyingParties: (base) => {
        const usual = testConfiguration('http://localhost', 0, folder.path);
        const policy = { ...usual.policy, rules: [rule] };
        return relyingPartiesFromFiles({ ...usual, ...files, policy }, env, base);
      },
    },
  });
  payroll = await OidcClient.discover(server.url, 'payroll');
  anna = { username: 'anna', ...(await addPerson(server.drawbridge, 'anna')) };
});
afterAll(() => server?.close());

async function entrance(id: string, parameters: Record<string, string> = {}): Promise<Visit> {
  const client = await OidcClient.discover(server.url, id);
  return new TestBrowser().open((await client.request(parameters)).url);
}

const asksForPassword = (page: Visit): boolean => page.body.includes('name="password"');

/** The newest event of a kind with its data. */
async function newest(kind: string): Promise<Record<string, unknown>> {
  const row = await server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .selectAll()
    .where('kind', '=', kind)
    .orderBy('at', 'desc')
    .executeTakeFirst();
  return JSON.parse(row?.data ?? '{}') as Record<string, unknown>;
}

async function gauge(): Promise<string | undefined> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return /^drawbridge_alarms\{name="configuration_refused"\} (\d)$/m.exec(text)?.[1];
}

test('a new file lets people into its service, of which a rule knew before', async () => {
  const warned = () => server.log.filter((line) => line.includes('policy.unknown_service'));
  expect(warned()).toHaveLength(1);
  expect(warned()[0]).toContain('the wiki is light');
  expect(failureOnPage(await entrance('wiki'))?.code).toBe('DB-403');
  folder.write('wiki.yaml', written('wiki', { name: 'The Wiki' }));
  await untilEverywhere(async () => asksForPassword(await entrance('wiki')));
  expect((await entrance('wiki')).body).toContain('The Wiki');
  await until(async () => JSON.stringify(await newest('configuration.reloaded')).includes('wiki'));
  expect(await newest('configuration.reloaded')).toEqual({
    added: ['wiki'],
    removed: [],
    changed: [],
  });
  expect(warned()).toHaveLength(1);
});

test('a changed one holds from then on, and the old values no longer do', async () => {
  const moved = 'http://127.0.0.1:7100/moved';
  folder.write('wiki.yaml', written('wiki', { name: 'New Wiki', redirect: moved }));
  await untilEverywhere(async () =>
    asksForPassword(await entrance('wiki', { redirect_uri: moved })),
  );
  const old = await entrance('wiki', { redirect_uri: CALLBACK });
  expect(failureOnPage(old)?.code).toBe('DB-405');
  const page = await entrance('wiki', { redirect_uri: moved });
  expect(page.body).toContain('New Wiki');
  await until(
    async () => JSON.stringify((await newest('configuration.reloaded'))['changed']) === '["wiki"]',
  );
});

test('a disabled or removed one is closed to people and refused its tokens', async () => {
  folder.write('shop.yaml', written('shop'));
  await untilEverywhere(async () => asksForPassword(await entrance('shop')));
  const credentials = { grant_type: 'client_credentials' };
  expect((await token(server.url, credentials, 'shop')).status).toBe(200);
  folder.write('shop.yaml', written('shop', { enabled: false }));
  await untilEverywhere(async () => !asksForPassword(await entrance('shop')));
  expect(failureOnPage(await entrance('shop'))?.code).toBe('DB-403');
  expect((await token(server.url, credentials, 'shop')).status).toBe(401);

  rmSync(join(folder.path, 'wiki.yaml'));
  await untilEverywhere(async () => !asksForPassword(await entrance('wiki')));
  expect((await entrance('wiki')).status).toBe(400);
});

test('a bad file changes nothing and wakes the operator, a good one ends the alarm', async () => {
  expect(await gauge()).toBe('0');
  const bad = written('payroll', { name: 'Not in force' }).replace('factors: 2', 'factors: 3');
  folder.write('payroll.yaml', bad.replace('PAYROLL_SECRET', 'UNSET_SECRET'));
  await until(async () => (await gauge()) === '1');

  expect((await entrance('payroll')).body).toContain('Payroll');
  const browser = new TestBrowser();
  const arrived = await signIn(browser, (await payroll.request()).url, anna);
  expect(answerOf(arrived)['code']).toBeDefined();

  const [mail] = await mailsAbout(server, admin, /configuration_refused/);
  const refused = await newest('configuration.refused');
  const lines = server.log.filter((line) => /"level":"error".*"alarm\.raised"/.test(line));
  expect(lines).toHaveLength(1);
  for (const telling of [mail?.text, JSON.stringify(refused), lines[0]]) {
    expect(telling).toContain('payroll.yaml');
    expect(telling).toContain('factors');
    expect(telling).toContain('UNSET_SECRET');
    expect(telling).not.toContain(env.PAYROLL_SECRET);
  }
  expect(await newest('alarm.raised')).toMatchObject({ name: 'configuration_refused' });

  folder.write('payroll.yaml', written('payroll', { name: 'Payroll again' }));
  await until(async () => (await gauge()) === '0');
  expect((await entrance('payroll')).body).toContain('Payroll again');
  await until(async () => (await newest('alarm.cleared'))['name'] === 'configuration_refused');
  expect(server.log.filter((line) => line.includes('"alarm.cleared"'))).not.toEqual([]);
});

test('a bad file beside good ones keeps all as they were, until it is gone', async () => {
  folder.write('half.yaml', 'id: half\nname: [');
  await until(async () => (await gauge()) === '1');
  folder.write('payroll.yaml', written('payroll', { name: 'Waiting' }));
  await until(async () => JSON.stringify(await newest('configuration.refused')).includes('half'));
  expect((await entrance('payroll')).body).not.toContain('Waiting');
  rmSync(join(folder.path, 'half.yaml'));
  await untilEverywhere(async () => (await entrance('payroll')).body.includes('Waiting'));
  await until(async () => (await gauge()) === '0');
});
