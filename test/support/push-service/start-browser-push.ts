import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import {
  createMessageReader,
  kinds,
  LOGIN_USER_FIELD,
  loginAnswer,
  pong,
  pushTo,
  type BrowserRegistration,
} from './browser-connection.js';
import { fixed64Field, numberField, readText } from './protobuf.js';
import { selfSigned } from './self-signed.js';
import { startPushService, type PushService } from './start-push-service.js';

/** Where the subscriptions of Chromium point to; which of them depends on how it was built. */
export const chromiumPushHosts = ['fcm.googleapis.com', 'jmt17.google.com'];

export interface BrowserPush extends PushService {
  /** Switches that make Chromium take this service for its own. */
  chromiumArgs: string[];
  /** By the last part of the endpoint. */
  registrations: ReadonlyMap<string, BrowserRegistration>;
  /** The service forgets a subscription, as it may at any time without telling the browser. */
  forget(token: string): void;
}

/**
 * A push service with both ends: servers post to one, and Chromium checks in, subscribes and gets its messages at the other, with
 * its own code for all of it. Nothing in the page or in the browser is replaced.
 */
export async function startBrowserPush(): Promise<BrowserPush> {
  const registrations = new Map<string, BrowserRegistration>();
  const connections = new Map<string, TLSSocket>();
  const service = await startPushService({
    hosts: chromiumPushHosts,
    take: ({ path, body }) => {
      const registration = registrations.get(path.slice(path.lastIndexOf('/') + 1));
      if (registration === undefined) return 410;
      connections.get(registration.device)?.write(pushTo(registration, body));
      return 201;
    },
  });
  const desk = createServer((request, response) => {
    void readAll(request).then((body) => {
      if (request.url === '/check-in') response.end(checkInAnswer());
      else response.end(register(registrations, new URLSearchParams(body)));
    });
  });
  const tls = selfSigned({ name: '127.0.0.1', alternatives: ['IP:127.0.0.1'] });
  const messages = createTlsServer(tls, (socket) => {
    const read = createMessageReader();
    socket.on('error', () => {});
    socket.on('data', (piece: Buffer) => {
      for (const { kind, content } of read(piece)) {
        if (kind === kinds.ping) socket.write(pong());
        if (kind !== kinds.login) continue;
        connections.set(readText(content, LOGIN_USER_FIELD) ?? '', socket);
        socket.write(loginAnswer(Date.now()));
      }
    });
  });
  const [deskPort, messagesPort] = [await listening(desk), await listening(messages)];
  return Object.assign(service, {
    registrations,
    forget: (token: string) => void registrations.delete(token),
    chromiumArgs: [
      `--gcm-checkin-url=http://127.0.0.1:${deskPort}/check-in`,
      `--gcm-registration-url=http://127.0.0.1:${deskPort}/register`,
      `--gcm-mcs-endpoint=https://127.0.0.1:${messagesPort}`,
      `--ignore-certificate-errors-spki-list=${keyHash(tls.cert)}`,
    ],
    close: chain(service.close, async () => {
      desk.closeAllConnections();
      for (const socket of connections.values()) socket.destroy();
      await Promise.all([closed(desk), closed(messages)]);
    }),
  });
}

/** Every browser gets a number of its own. */
const checkInAnswer = (): Buffer =>
  Buffer.concat([
    numberField(1, 1),
    numberField(3, Date.now()),
    fixed64Field(7, BigInt(randomBytes(6).readUIntBE(0, 6)) + 1n),
    fixed64Field(8, BigInt(randomBytes(6).readUIntBE(0, 6)) + 1n),
  ]);

/** Subscribes, or with `delete` ends what this page of this browser had. */
function register(registrations: Map<string, BrowserRegistration>, form: URLSearchParams): string {
  const of = (name: string) => form.get(name) ?? '';
  const [device, app, subtype] = [of('device'), of('app'), of('X-subtype')];
  for (const [token, known] of registrations) {
    if (known.device === device && known.subtype === subtype) registrations.delete(token);
  }
  const token = randomBytes(24).toString('base64url');
  if (of('delete') === 'true') return `token=${of('appid')}`;
  registrations.set(token, { device, app, subtype, sender: of('sender') });
  return `token=${token}`;
}

const keyHash = (certificate: string): string =>
  createHash('sha256')
    .update(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));

const chain = (first: () => Promise<void>, second: () => Promise<void>) => async () => {
  await first();
  await second();
};
