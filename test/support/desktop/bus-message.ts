/** Messages of the D-Bus specification ("Message Protocol"), with the few types that notifications need. */
export interface BusMessage {
  type: number;
  serial: number;
  path: string;
  interface: string;
  member: string;
  body: Buffer;
}

export const messageTypes = { call: 1, answer: 2, error: 3, signal: 4 } as const;
const fieldCodes = { path: 1, interface: 2, member: 3, error: 4, answerTo: 5, sender: 7, types: 8 };

/** What is sent: fields of the header, and values with their types. */
export interface Outgoing {
  type: number;
  path?: string;
  interface?: string;
  member?: string;
  error?: string;
  answerTo?: number;
  values?: readonly BusValue[];
}
export type BusValue =
  | { type: 's' | 'o' | 'g'; value: string }
  | { type: 'u' | 'b'; value: number }
  | { type: 'as'; value: readonly string[] };

export const SENDER = ':1.0';

export function writeMessage(serial: number, message: Outgoing): Buffer {
  const { values = [] } = message;
  const body = new Writer();
  for (const value of values) body.value(value);
  const fields = new Writer();
  const add = (code: number, field: BusValue | undefined) => {
    if (field === undefined) return;
    fields.align(8).byte(code).value({ type: 'g', value: field.type }).value(field);
  };
  const text = (type: 's' | 'o', value?: string) =>
    value === undefined ? undefined : ({ type, value } as const);
  add(fieldCodes.path, text('o', message.path));
  add(fieldCodes.interface, text('s', message.interface));
  add(fieldCodes.member, text('s', message.member));
  add(fieldCodes.error, text('s', message.error));
  if (message.answerTo !== undefined) {
    add(fieldCodes.answerTo, { type: 'u', value: message.answerTo });
  }
  add(fieldCodes.sender, { type: 's', value: SENDER });
  if (values.length > 0) {
    add(fieldCodes.types, { type: 'g', value: values.map(({ type }) => type).join('') });
  }
  const isAnswered = message.type === messageTypes.call;
  const head = new Writer()
    .byte('l'.charCodeAt(0))
    .byte(message.type)
    .byte(isAnswered ? 0 : 1);
  head.byte(1).number(body.bytes.length).number(serial).number(fields.bytes.length);
  return Buffer.concat([
    new Writer(Buffer.concat([head.bytes, fields.bytes])).align(8).bytes,
    body.bytes,
  ]);
}

/** The first message of what has arrived, and how long it is; `null`: its end is missing. */
export function readMessage(bytes: Buffer): { message: BusMessage; length: number } | null {
  if (bytes.length < 16) return null;
  const bodyLength = bytes.readUInt32LE(4);
  const fieldsEnd = 16 + bytes.readUInt32LE(12);
  const bodyStart = Math.ceil(fieldsEnd / 8) * 8;
  const length = bodyStart + bodyLength;
  if (bytes.length < length) return null;
  const texts = new Map<number, string>();
  const reader = new Reader(bytes.subarray(0, fieldsEnd), 16);
  while (reader.align(8) < fieldsEnd) {
    const code = reader.byte();
    const type = reader.signature();
    if (type === 'g') texts.set(code, reader.signature());
    else if (type === 'u') reader.number();
    else texts.set(code, reader.text());
  }
  const of = (code: number) => texts.get(code) ?? '';
  const message: BusMessage = {
    type: bytes[1] ?? 0,
    serial: bytes.readUInt32LE(8),
    path: of(fieldCodes.path),
    interface: of(fieldCodes.interface),
    member: of(fieldCodes.member),
    body: bytes.subarray(bodyStart, length),
  };
  return { message, length };
}

/** Values are aligned from the start of a message, or of a body, which starts at a multiple of eight. */
export class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  align(to: number): number {
    this.#at = Math.ceil(this.#at / to) * to;
    return this.#at;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  number(): number {
    const value = this.#bytes.readUInt32LE(this.align(4));
    this.#at += 4;
    return value;
  }

  text(): string {
    return this.#take(this.number());
  }

  signature(): string {
    return this.#take(this.byte());
  }

  #take(length: number): string {
    const text = this.#bytes.subarray(this.#at, this.#at + length).toString();
    this.#at += length + 1;
    return text;
  }
}

class Writer {
  bytes: Buffer;

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.bytes = bytes;
  }

  byte(value: number): this {
    this.bytes = Buffer.concat([this.bytes, Buffer.from([value])]);
    return this;
  }

  align(to: number): this {
    const missing = Math.ceil(this.bytes.length / to) * to - this.bytes.length;
    this.bytes = Buffer.concat([this.bytes, Buffer.alloc(missing)]);
    return this;
  }

  number(value: number): this {
    const four = Buffer.alloc(4);
    four.writeUInt32LE(value);
    this.align(4);
    this.bytes = Buffer.concat([this.bytes, four]);
    return this;
  }

  value({ type, value }: BusValue): this {
    if (type === 'g') this.byte(value.length).#text(value);
    else if (type === 'as') this.#list(value);
    else if (typeof value === 'number') this.number(value);
    else this.number(Buffer.byteLength(value)).#text(value);
    return this;
  }

  #list(texts: readonly string[]): void {
    const items = new Writer();
    for (const value of texts) items.value({ type: 's', value });
    this.number(items.bytes.length);
    this.bytes = Buffer.concat([this.bytes, items.bytes]);
  }

  #text(value: string): void {
    this.bytes = Buffer.concat([this.bytes, Buffer.from(`${value}\0`)]);
  }
}
