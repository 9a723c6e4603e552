import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { createLookForService } from '../../../src/logout/look-for-service.js';
import { startPartner } from '../../support/partner-server.js';
import { freePort } from '../../support/services/child-server.js';

const look = createLookForService(5_000);
/** For those that never answer. */
const lookBriefly = createLookForService(300);
const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function answering(status: number, heard: string[] = []): Promise<string> {
  const partner = await startPartner((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.cookie ?? 'no cookie'}`);
    response.writeHead(status).end();
  });
  closers.push(partner.close);
  return partner.url;
}

test.each([200, 302, 400, 404, 405, 500])('whoever answers %i answers', async (status) => {
  expect(await look(`${await answering(status)}/slo`)).toBe('yes');
});

test('the head of the page is asked for, and nothing is told', async () => {
  const heard: string[] = [];
  await look(`${await answering(200, heard)}/slo?tenant=1`);
  expect(heard).toEqual(['HEAD /slo no cookie']);
});

test.each([502, 503, 504])('%i is said by somebody in front of the service', async (status) => {
  expect(await look(`${await answering(status)}/slo`)).toBe('unsure');
});

test('a port that nobody listens on, a name that is none, an address that is no web address', async () => {
  expect(await look(`http://127.0.0.1:${await freePort()}/slo`)).toBe('no');
  expect(await look('http://nobody.invalid/slo')).not.toBe('yes');
  expect(await look('javascript:alert(1)')).toBe('no');
  expect(await look('nonsense')).toBe('no');
});

test.each<[string, (socket: Socket) => void]>([
  ['takes the connection and says nothing', () => {}],
  ['hangs up', (socket) => socket.destroy()],
  ['says something else', (socket) => socket.end('SSH-2.0-x\r\n')],
])('whoever %s may still be there for a browser', async (_, behave) => {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  expect(await lookBriefly(`http://127.0.0.1:${port}/slo`)).toBe('unsure');
});
