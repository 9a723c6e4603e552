import { randomBytes } from 'node:crypto';
import { bytesField, numberField, readVarint, textField, varint } from './protobuf.js';

/** What a browser told when it asked for a subscription. */
export interface BrowserRegistration {
  /** The browser, as it checked in. */
  device: string;
  app: string;
  /** Which of its pages. */
  subtype: string;
  /** The server's VAPID key. */
  sender: string;
}

/**
 * The protocol over which Chromium gets pushes (`google_apis/gcm/protocol/mcs.proto` in its sources, version 41): each side
 * starts with a byte for the version; a message is a byte for its kind, its length, and Protocol Buffers.
 */
export const kinds = { ping: 0, pong: 1, login: 2, loginAnswer: 3, data: 8 } as const;
const VERSION = 41;

/** Reads what a browser sends piece by piece. */
export function createMessageReader(): (piece: Buffer) => { kind: number; content: Buffer }[] {
  let rest: Buffer = Buffer.alloc(0);
  let isGreeted = false;
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    if (!isGreeted && rest.length > 0) {
      rest = rest.subarray(1);
      isGreeted = true;
    }
    const messages = [];
    for (;;) {
      const length = rest.length === 0 ? null : readVarint(rest, 1);
      const end = length === null ? Infinity : length.next + Number(length.value);
      if (length === null || rest.length < end) return messages;
      messages.push({ kind: rest[0] ?? 0, content: rest.subarray(length.next, end) });
      rest = rest.subarray(end);
    }
  };
}

export const pong = (): Buffer => message(kinds.pong);

/** Who has logged in: what the browser was called when it checked in. */
export const LOGIN_USER_FIELD = 3;

export const loginAnswer = (now: number): Buffer =>
  Buffer.concat([
    Buffer.from([VERSION]),
    message(kinds.loginAnswer, textField(1, 'login'), numberField(6, 1), numberField(8, now)),
  ]);

/** One push, as it was posted: only the browser can open it. */
export const pushTo = ({ app, subtype, sender }: BrowserRegistration, body: Buffer): Buffer =>
  message(
    kinds.data,
    textField(3, sender),
    textField(5, app),
    appData('subtype', subtype),
    appData('content-encoding', 'aes128gcm'),
    textField(9, randomBytes(12).toString('base64url')),
    bytesField(21, body),
  );

const appData = (key: string, value: string): Buffer =>
  bytesField(7, Buffer.concat([textField(1, key), textField(2, value)]));

function message(kind: number, ...fields: Buffer[]): Buffer {
  const content = Buffer.concat(fields);
  return Buffer.concat([Buffer.from([kind]), varint(content.length), content]);
}
