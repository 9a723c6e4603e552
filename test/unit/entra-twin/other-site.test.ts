import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { rehearseFederation } from '../../../src/entra-twin/rehearse-federation.js';
import { createSignatureJudge } from '../../../src/entra-twin/signature-judge.js';
import { createWire, type Wire } from '../../../src/entra-twin/web-browser.js';

/** The server under test, which serves one page, and another site that writes down what reaches it. */
let page: { status: number; headers: Record<string, string>; body: string };
let heard: string[];
let [ours, theirs]: Server[] = [];
let wire: Wire;

const listen = async (server: Server) => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};
const urlOf = (server: Server | undefined) =>
  `http://127.0.0.1:${(server?.address() as AddressInfo).port}`;

beforeAll(async () => {
  ours = await listen(
    createServer((request, response) => {
      request.resume();
      response.writeHead(page.status, page.headers).end(page.body);
    }),
  );
  theirs = await listen(
    createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard.push(`${request.method} ${request.url} ${body}`);
        response.end('<form method="post" action="/"><input name="password"></form>');
      });
    }),
  );
  wire = createWire();
});
afterAll(() => {
  wire.close();
  ours?.close();
  theirs?.close();
});
beforeEach(() => {
  heard = [];
});

const signIn = (protocol: 'saml' | 'wsFed', passiveSignInUri: string) => {
  const user = { upn: 'ada@example.com', immutableId: 'Qj6Qa1mXoUuVxI1tqUZ1Yg==' };
  const domain = {
    ...{ name: 'example.com', issuerUri: urlOf(ours), passiveSignInUri, protocol },
    signingCertificates: [],
  };
  const credentials = { username: user.upn, password: 'hunter2', totpSecret: 'JBSWY3DPEHPK3PXP' };
  return rehearseFederation(
    { domain, user, credentials },
    protocol === 'saml'
      ? { protocol, form: 'minimal-2021', multiFactor: false, fresh: false }
      : { protocol, form: 'plain' },
    {
      ...{ wire, origin: urlOf(ours), domains: [domain], users: null, key: null },
      surroundings: { now: () => Date.now(), bytes: (length) => Buffer.alloc(length, 7) },
      signatures: createSignatureJudge(),
    },
  );
};

test.each(['saml', 'wsFed'] as const)(
  'settings that send people elsewhere fail by %s, and nobody goes there',
  async (protocol) => {
    expect(await signIn(protocol, `${urlOf(theirs)}/adfs/ls/`)).toEqual([
      {
        ...{ rule: 'The person gets back to Entra', outcome: 'failed', code: null },
        detail: `people are sent to ${urlOf(theirs)}/adfs/ls/`,
      },
    ]);
    expect(await signIn(protocol, 'nowhere')).toMatchObject([{ outcome: 'failed' }]);
    expect(heard).toEqual([]);
  },
);

test.each<[string, () => typeof page]>([
  [
    'a redirect',
    () => ({ status: 302, headers: { location: `${urlOf(theirs)}/in?token=1` }, body: '' }),
  ],
  [
    'a page that moves on by itself',
    () => ({
      ...{ status: 200, headers: {} },
      body: `<meta http-equiv="refresh" content="0; url=${urlOf(theirs)}/in">`,
    }),
  ],
  [
    'a form for another site',
    () => ({
      ...{ status: 200, headers: {} },
      body: `<form method="post" action="${urlOf(theirs)}/in"><input name="username"><input name="password" type="password"></form>`,
    }),
  ],
  [
    'a button for another site',
    () => ({
      ...{ status: 200, headers: {} },
      body: `<form method="post" action="${urlOf(theirs)}/in"><button name="method" value="otp"></button></form>`,
    }),
  ],
])('%s is not followed', async (_, answer) => {
  page = answer();
  const verdicts = await signIn('wsFed', `${urlOf(ours)}/wsfed`);
  expect(verdicts).toMatchObject([
    { outcome: 'failed', detail: `people are sent to ${urlOf(theirs)}/in` },
  ]);
  expect(heard).toEqual([]);
});
