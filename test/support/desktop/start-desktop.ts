import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { until } from '../services/until.js';
import {
  messageTypes,
  readMessage,
  Reader,
  SENDER,
  writeMessage,
  type BusMessage,
  type BusValue,
  type Outgoing,
} from './bus-message.js';

export interface ShownNotification {
  id: number;
  title: string;
  body: string;
}

export interface Desktop {
  /** For `DBUS_SESSION_BUS_ADDRESS`. */
  address: string;
  /** What is on the screen now, oldest first. */
  notifications(): ShownNotification[];
  /** Waits until so many are on the screen. */
  shows(count: number): Promise<ShownNotification[]>;
  /** Presses a notification: its default action. */
  press(id: number): void;
  close(): Promise<void>;
}

const service = 'org.freedesktop.Notifications';
const servicePath = '/org/freedesktop/Notifications';
const busName = 'org.freedesktop.DBus';

export async function startDesktop(): Promise<Desktop> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-desktop-'));
  const socketPath = join(folder, 'bus');
  const shown = new Map<number, ShownNotification>();
  const connections = new Set<Socket>();
  let serial = 0;
  let lastId = 0;
  const send = (socket: Socket, message: Outgoing) => {
    serial += 1;
    socket.write(writeMessage(serial, message));
  };
  const signal = (member: string, ...values: BusValue[]) => {
    const message = { type: messageTypes.signal, path: servicePath, interface: service, member };
    for (const socket of connections) send(socket, { ...message, values });
  };

  /** `null`: nothing of that name is here. */
  const answerTo = (call: BusMessage, connection: number): readonly BusValue[] | null => {
    if (call.interface === service) return notify(call);
    if (call.interface !== busName) return null;
    switch (call.member) {
      case 'Hello':
        return [{ type: 's', value: `:1.${connection}` }];
      case 'AddMatch':
      case 'RemoveMatch':
        return [];
      case 'NameHasOwner':
        return [{ type: 'b', value: new Reader(call.body).text() === service ? 1 : 0 }];
      case 'GetNameOwner':
        return new Reader(call.body).text() === service ? [{ type: 's', value: SENDER }] : null;
      case 'ListNames':
      case 'ListActivatableNames':
        return [{ type: 'as', value: [busName, service] }];
      case 'StartServiceByName':
        return new Reader(call.body).text() === service ? [{ type: 'u', value: 2 }] : null;
      default:
        return null;
    }
  };
  const notify = ({ member, body }: BusMessage): readonly BusValue[] | null => {
    const reader = new Reader(body);
    switch (member) {
      case 'GetCapabilities':
        return [{ type: 'as', value: ['actions', 'body', 'persistence'] }];
      case 'GetServerInformation':
        return ['test', 'test', '1', '1.2'].map((value) => ({ type: 's', value }));
      case 'Notify': {
        reader.text();
        const replaced = reader.number();
        reader.text();
        const id = replaced === 0 ? (lastId += 1) : replaced;
        shown.set(id, { id, title: reader.text(), body: reader.text() });
        return [{ type: 'u', value: id }];
      }
      case 'CloseNotification': {
        const id = reader.number();
        if (shown.delete(id)) {
          signal('NotificationClosed', { type: 'u', value: id }, { type: 'u', value: 3 });
        }
        return [];
      }
      default:
        return null;
    }
  };

  const server = createServer((socket) => {
    connections.add(socket);
    const connection = connections.size;
    let rest: Buffer = Buffer.alloc(0);
    let isOpen = false;
    socket.on('error', () => {});
    socket.on('close', () => connections.delete(socket));
    socket.on('data', (piece) => {
      rest = Buffer.concat([rest, Buffer.from(piece)]);
      if (!isOpen) {
        const { answers, left } = authenticate(rest);
        for (const line of answers) socket.write(`${line}\r\n`);
        isOpen = left.isOpen;
        rest = left.bytes;
      }
      for (let read = isOpen ? readMessage(rest) : null; read !== null; read = readMessage(rest)) {
        rest = rest.subarray(read.length);
        const { message } = read;
        if (message.type !== messageTypes.call) continue;
        const values = answerTo(message, connection);
        send(
          socket,
          values === null
            ? {
                type: messageTypes.error,
                answerTo: message.serial,
                error: `${busName}.Error.ServiceUnknown`,
              }
            : { type: messageTypes.answer, answerTo: message.serial, values },
        );
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const notifications = () => [...shown.values()];
  return {
    address: `unix:path=${socketPath}`,
    notifications,
    async shows(count) {
      await until(() => Promise.resolve(shown.size === count));
      return notifications();
    },
    press(id) {
      signal('ActionInvoked', { type: 'u', value: id }, { type: 's', value: 'default' });
    },
    async close() {
      for (const socket of connections) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** "Authentication Protocol": everybody who reaches the socket is let in; it is in a folder of this process. */
function authenticate(bytes: Buffer): {
  answers: string[];
  left: { isOpen: boolean; bytes: Buffer };
} {
  const answers: string[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n');
    if (end < 0) return { answers, left: { isOpen: false, bytes: rest } };
    const line = rest.subarray(0, end).toString().replace(/^\0/, '');
    rest = rest.subarray(end + 2);
    if (line === 'BEGIN') return { answers, left: { isOpen: true, bytes: rest } };
    if (line.startsWith('AUTH EXTERNAL ')) answers.push(`OK ${'0'.repeat(32)}`);
    else if (line.startsWith('AUTH')) answers.push('REJECTED EXTERNAL');
    else answers.push('ERROR');
  }
}
