import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import webPush from 'web-push';
import { postPush } from '../../../../src/factors/push/post-push.js';
import { createSubscriber } from '../../../support/push-service/decrypt-message.js';
import { LoopbackAgent } from '../../../support/push-service/loopback-agent.js';
import { selfSigned } from '../../../support/push-service/self-signed.js';

const host = 'push.example';
const tls = selfSigned({ name: host, alternatives: [`DNS:${host}`] });
let server: Server;
let agent: LoopbackAgent;
/** Requests that arrived on each connection. */
const connections = new Map<Socket, number>();
/** Which request of a connection it is ended at, without an answer. */
let endsAt = 0;

beforeAll(async () => {
  server = createServer(tls, (request, response) => {
    const count = (connections.get(request.socket) ?? 0) + 1;
    connections.set(request.socket, count);
    if (count === endsAt) request.socket.destroy();
    else response.writeHead(201).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  agent?.destroy();
  connections.clear();
  const { port } = server.address() as AddressInfo;
  agent = new LoopbackAgent({ port, certificate: tls.cert });
});

const vapid = { ...webPush.generateVAPIDKeys(), subject: 'mailto:admin@example.org' };
const post = () =>
  postPush(
    { endpoint: `https://${host}/wp/1`, ...createSubscriber().keys },
    { payload: '{}', ttlSeconds: 60, topic: 'topic', vapid },
    agent,
  );

test('a push that meets the end of a kept connection is sent again over a new one', async () => {
  endsAt = 2;
  expect((await post()).status).toBe(201);
  expect((await post()).status).toBe(201);
  expect([...connections.values()]).toEqual([2, 1]);
});

test('one that a new connection does not answer is not', async () => {
  endsAt = 1;
  await expect(post()).rejects.toThrow();
  expect([...connections.values()]).toEqual([1]);
});
