import { createServer, type Agent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { until } from '../services/until.js';
import { LoopbackAgent } from './loopback-agent.js';
import { selfSigned } from './self-signed.js';

export interface ReceivedPush {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface PushService {
  /** A name on the product's list; `agent` leads it here. */
  host: string;
  agent: Agent;
  /** What an agent in another process needs. */
  reachedBy: { port: number; certificate: string };
  received: ReceivedPush[];
  /** What the next pushes get. */
  answer: { status: number; headers?: Record<string, string> } | 'never' | 'reset';
  /** Waits until so many have arrived. */
  arrived(count: number): Promise<ReceivedPush[]>;
  close(): Promise<void>;
}

export interface PushServiceOptions {
  /** Names it answers to. */
  hosts?: readonly string[];
  /** What is done with a push that `answer` lets through. @returns the status */
  take?: (push: ReceivedPush) => number;
}

export async function startPushService(options: PushServiceOptions = {}): Promise<PushService> {
  const { hosts = ['fcm.googleapis.com'], take = () => 201 } = options;
  const [host = ''] = hosts;
  const alternatives = hosts.map((name) => `DNS:${name}`);
  const { key, cert } = selfSigned({ name: host, alternatives });
  const server = createServer({ key, cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { url = '', headers } = request;
      const push = { path: url, headers, body: Buffer.concat(chunks) };
      service.received.push(push);
      if (service.answer === 'never') return;
      if (service.answer === 'reset') {
        request.socket.destroy();
        return;
      }
      const { status, headers: more } = service.answer;
      response.writeHead(status === 201 ? take(push) : status, more).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const reachedBy = { port: (server.address() as AddressInfo).port, certificate: cert };
  const service: PushService = {
    host,
    agent: new LoopbackAgent(reachedBy),
    reachedBy,
    received: [],
    answer: { status: 201 },
    async arrived(count) {
      await until(() => Promise.resolve(service.received.length >= count));
      return service.received;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return service;
}
