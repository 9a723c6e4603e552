import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import express from 'express';
import {
  createInboxStreams,
  type InboxStreamDeps,
} from '../../../src/authenticator/inbox-stream.js';

let server: http.Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Streams whose requests are judged when the test says so. */
async function listening() {
  let judge: () => void = () => {};
  const judged = new Promise<void>((resolve) => (judge = resolve));
  let stopped = 0;
  const profile = { id: 'prf_one', activatedAt: 1, lockedAt: null, revokedAt: null };
  const streams = createInboxStreams({
    signed: {
      judge: async () => {
        await judged;
        return { verdict: {}, call: { profile } };
      },
      markUnanswerable: async () => {},
    },
    signals: { listen: async () => ({ stop: () => void (stopped += 1) }) },
    devices: { profile: async () => ({ ...profile, revokedAt: 2 }) },
    onError: () => {},
  } as unknown as InboxStreamDeps);
  const opened: Promise<void>[] = [];
  const gone: Promise<unknown>[] = [];
  const app = express().get('/', (request, response) => {
    gone.push(once(response, 'close'));
    opened.push(streams.open(request, response));
  });
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = () => http.get({ port, host: '127.0.0.1' }).on('error', () => {});
  return { streams, ask, judge: () => judge(), opened, gone, server, stopped: () => stopped };
}

test('phones that hang up while they are judged leave nothing behind', async () => {
  const { streams, ask, judge, opened, gone, server, stopped } = await listening();
  for (let time = 0; time < 5; time += 1) {
    const [, asked] = await Promise.all([once(server, 'request'), Promise.resolve(ask())]);
    asked.destroy();
  }
  await Promise.all(gone);
  judge();
  await Promise.all(opened);
  expect([streams.size, stopped()]).toEqual([0, 0]);
  streams.closeAll();
});

test('a stream that ends is counted out', async () => {
  const { streams, ask, judge, opened, gone, server, stopped } = await listening();
  const request = once(server, 'request');
  const [answer] = (await Promise.all([once(ask(), 'response'), request.then(judge)]))[0] as [
    http.IncomingMessage,
  ];
  answer.resume();
  await Promise.all([...opened, ...gone]);
  expect([streams.size, stopped()]).toEqual([0, 1]);
  streams.closeAll();
});
