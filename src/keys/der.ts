/** The few forms of DER (ITU-T X.690) that a certificate needs. */

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);

export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts);

/** `[number]`, explicit. */
export const explicit = (number: number, ...parts: readonly Buffer[]): Buffer =>
  tagged(0xa0 + number, ...parts);

/** `[number]`, implicit, of a simple type. */
export const implicit = (number: number, content: Buffer): Buffer => tagged(0x80 | number, content);

export const octets = (content: Buffer): Buffer => tagged(0x04, content);

export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text));

export const nothing = tagged(0x05);

export const yes = tagged(0x01, Buffer.of(0xff));

/** A positive integer, most significant byte first. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first === -1 ? Buffer.of(0) : bytes.subarray(first);
  const negative = ((short[0] ?? 0) & 0x80) !== 0;
  return tagged(0x02, ...(negative ? [Buffer.of(0)] : []), short);
}

export function bits(content: Buffer, unused = 0): Buffer {
  return tagged(0x03, Buffer.of(unused), content);
}

/** `1.2.840.113549` */
export function objectIdentifier(dotted: string): Buffer {
  const [top = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([top * 40 + second, ...rest].flatMap(base128)));
}

/** RFC 5280, 4.1.2.5: two digits of the year until 2049, four from 2050 on; whole seconds. */
export function time(at: number): Buffer {
  const digits = `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return digits < '2050'
    ? tagged(0x17, Buffer.from(digits.slice(2)))
    : tagged(0x18, Buffer.from(digits));
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(count: number): Buffer {
  if (count < 0x80) return Buffer.of(count);
  const bytes: number[] = [];
  for (let left = count; left > 0; left = Math.floor(left / 0x100)) bytes.unshift(left % 0x100);
  return Buffer.of(0x80 + bytes.length, ...bytes);
}

function base128(value: number): number[] {
  const groups = [value % 0x80];
  for (let left = Math.floor(value / 0x80); left > 0; left = Math.floor(left / 0x80)) {
    groups.unshift(0x80 + (left % 0x80));
  }
  return groups;
}
