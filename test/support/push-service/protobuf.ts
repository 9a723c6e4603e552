/** As much of Protocol Buffers' wire format as Chromium's connection to its push service needs. */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

export function varint(value: bigint | number): Buffer {
  const bytes: number[] = [];
  let left = BigInt(value);
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(left)]);
}

/** `null`: its end has not arrived. */
export function readVarint(bytes: Buffer, at: number): { value: bigint; next: number } | null {
  let value = 0n;
  for (let index = at; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (index - at));
    if (byte < 0x80) return { value, next: index + 1 };
  }
  return null;
}

const field = (number: number, type: number, content: Buffer): Buffer =>
  Buffer.concat([varint((number << 3) | type), content]);

export const numberField = (number: number, value: bigint | number): Buffer =>
  field(number, VARINT, varint(value));

export function fixed64Field(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return field(number, FIXED64, bytes);
}

export const bytesField = (number: number, value: Buffer): Buffer =>
  field(number, BYTES, Buffer.concat([varint(value.length), value]));

export const textField = (number: number, value: string): Buffer =>
  bytesField(number, Buffer.from(value));

/** The first field of this number, when it is a text. @throws Error for what this format has not */
export function readText(message: Buffer, wanted: number): string | null {
  for (let at = 0; at < message.length;) {
    const key = required(readVarint(message, at));
    const [number, type] = [Number(key.value >> 3n), Number(key.value & 7n)];
    if (type === BYTES) {
      const length = required(readVarint(message, key.next));
      at = length.next + Number(length.value);
      if (number === wanted) return message.subarray(length.next, at).toString();
    } else if (type === VARINT) {
      at = required(readVarint(message, key.next)).next;
    } else if (type === FIXED64) {
      at = key.next + 8;
    } else {
      throw new Error(`a field of type ${type}`);
    }
  }
  return null;
}

function required<T>(value: T | null): T {
  if (value === null) throw new Error('the message is cut off');
  return value;
}
