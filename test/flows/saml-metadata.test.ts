import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commands } from '../../src/cli/commands.js';
import { runCommand } from '../../src/cli/run-command.js';
import { relyingPartiesFromFiles } from '../../src/server/relying-party-source.js';
import { TestBrowser } from '../support/browser.js';
import { signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { startMetadataServer, type MetadataServer } from '../support/saml/metadata-server.js';
import { entityXml } from '../support/saml/partner-metadata.js';
import { SamlClient } from '../support/saml/saml-client.js';
import { consumerOf, entityIdOf } from '../support/saml/saml-party.js';
import { until, untilEverywhere } from '../support/services/until.js';
import { startTestServer, testConfiguration, type TestServer } from '../support/start-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const relyingPartyFiles = [join(folder.path, 'parties/*.yaml')];
let server: TestServer;
let publisher: MetadataServer;
let people = 0;

const metadataOf = (id: string, consumer = consumerOf(id)) =>
  entityXml(entityIdOf(id), { acs: consumer });
const party = (id: string, saml: string) =>
  `id: ${id}\nname: ${id}\nprotocol: saml\npolicy: { factors: 1 }\nsaml: { ${saml} }\n`;

beforeAll(async () => {
  publisher = await startMetadataServer();
  folder.write('parties/wages.yaml', party('wages', 'metadata_file: metadata/wages.xml'));
  folder.write('parties/metadata/wages.xml', metadataOf('wages'));
  server = await startTestServer({
    relyingParties: [],
    // What one process hears of files and rows, each does.
    processes: 1,
    configuration: (url) => ({
      relyingPartyFiles,
      oidc: { ...testConfiguration(url, 0, '/').oidc, privateHosts: ['127.0.0.1'] },
    }),
    choices: {
      relyingParties: (base) => {
        const usual = testConfiguration('http://localhost', 0, folder.path);
        return relyingPartiesFromFiles({ ...usual, relyingPartyFiles }, {}, base);
      },
    },
  });
  folder.write(
    'drawbridge.yaml',
    [
      `public_url: ${server.url}`,
      `database: { file: ${join(server.folder, 'drawbridge.sqlite')} }`,
      `encryption_key: ${Buffer.alloc(32, 3).toString('base64')}`,
      `relying_parties: [${JSON.stringify(relyingPartyFiles[0])}]`,
    ].join('\n'),
  );
});
afterAll(async () => {
  await server?.close();
  await publisher?.close();
});

/** As an administrator, beside the running server. */
async function command(...args: string[]): Promise<{ code: number; printed: string }> {
  const out = new PassThrough({ encoding: 'utf8' });
  const code = await runCommand(commands, args, {
    stdin: new PassThrough(),
    stdout: out,
    stderr: out,
    env: { DRAWBRIDGE_CONFIG: 'drawbridge.yaml' },
    cwd: folder.path,
  });
  return { code, printed: (out.read() as string | null) ?? '' };
}

const client = (id: string, callbackUrl = consumerOf(id)) =>
  SamlClient.discover(id, server.url, { callbackUrl });

/** Whether a request of the service is answered by the sign-in page. */
async function isServed(service: SamlClient): Promise<boolean> {
  const page = await new TestBrowser().open(await service.requestUrl());
  return page.body.includes('name="password"');
}

async function enter(service: SamlClient): Promise<string> {
  people += 1;
  const username = `person${people}`;
  const { code } = await addPerson(server.drawbridge, username);
  const page = await signIn(new TestBrowser(), await service.requestUrl(), { username, code });
  const { profile } = await service.receive(page);
  return profile.nameID;
}

const standing = () => server.drawbridge.base.alarms.standing();

test('an import is usable without a restart, and the service is refused once it is removed', async () => {
  const payroll = await client('payroll');
  expect(await isServed(payroll)).toBe(false);
  folder.write('payroll.xml', metadataOf('payroll'));
  const args = ['payroll.xml', '--id', 'payroll', '--name', 'Payroll', '--name-id', 'email'];
  expect(await command('rp', 'import', ...args)).toMatchObject({ code: 0 });
  await untilEverywhere(() => isServed(payroll));
  expect(await enter(payroll)).toBe('person1@example.org');

  const moved = await client('payroll', consumerOf('moved'));
  expect(await isServed(moved)).toBe(false);
  folder.write('payroll.xml', metadataOf('payroll', consumerOf('moved')));
  await command('rp', 'import', 'payroll.xml', '--id', 'payroll');
  await untilEverywhere(() => isServed(moved));
  expect(await isServed(payroll)).toBe(false);

  folder.write('payroll.xml', metadataOf('payroll', 'javascript:alert(1)'));
  expect(await command('rp', 'import', 'payroll.xml', '--id', 'payroll')).toMatchObject({
    code: 1,
  });
  expect(await enter(moved)).toBe('person2@example.org');

  await command('rp', 'remove', 'payroll');
  await untilEverywhere(async () => !(await isServed(moved)));
});

test('a metadata file that changes is read again; a bad one leaves in force what was', async () => {
  const [wages, moved] = [await client('wages'), await client('wages', consumerOf('moved'))];
  expect(await isServed(wages)).toBe(true);
  folder.write('parties/metadata/wages.xml', '<html></html>');
  await until(async () => standing().includes('configuration_refused'));
  expect(await isServed(wages)).toBe(true);
  folder.write('parties/metadata/wages.xml', metadataOf('wages', consumerOf('moved')));
  await untilEverywhere(() => isServed(moved));
  expect(await isServed(wages)).toBe(false);
  expect(standing()).not.toContain('configuration_refused');
});

test('metadata is fetched as soon as a file names its URL, and an alarm stands while it cannot be', async () => {
  publisher.answer = 503;
  folder.write('parties/board.yaml', party('board', `metadata_url: "${publisher.url}"`));
  await until(async () => standing().includes('saml_metadata_stale'));
  const board = await client('board');
  expect(await isServed(board)).toBe(false);
  expect((await command('rp', 'list')).printed).toMatch(/^board .* FAILING for 0 min/m);

  publisher.answer = metadataOf('board');
  const { db } = server.drawbridge.base.database;
  // The next attempt would be a minute away.
  await db.updateTable('saml_metadata').set({ refresh_at: 0 }).execute();
  await untilEverywhere(() => isServed(board));
  await until(async () => !standing().includes('saml_metadata_stale'));
}, 60_000);
