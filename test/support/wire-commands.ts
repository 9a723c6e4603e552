import type { CommandDecoder } from './socket-proxy.js';

/** Redis commands (RESP arrays of bulk strings) as `MGET session:…`: name and the family of the first key. */
export function redisCommands(): CommandDecoder {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const names: string[] = [];
    for (;;) {
      const parsed = respArray(rest);
      if (parsed === null) return names;
      rest = rest.subarray(parsed.length);
      names.push(redisName(parsed.parts));
    }
  };
}

function redisName(parts: readonly string[]): string {
  const [command = '', ...args] = parts;
  const isScript = /^eval/i.test(command);
  const key = isScript ? args[2] : args[0];
  return `${isScript ? 'script' : command.toLowerCase()} ${(key ?? '').replace(/[^:]*$/, '…')}`;
}

function respArray(bytes: Buffer): { parts: string[]; length: number } | null {
  let at = 0;
  const line = (): string | null => {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return null;
    const text = bytes.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  const header = line();
  if (header === null) return null;
  const parts: string[] = [];
  for (let left = Number(header.slice(1)); left > 0; left -= 1) {
    const size = line();
    if (size === null) return null;
    const end = at + Number(size.slice(1));
    if (bytes.length < end + 2) return null;
    parts.push(bytes.toString('utf8', at, end));
    at = end + 2;
  }
  return { parts, length: at };
}

/**
 * SQL texts of PostgreSQL's protocol 3: of Query, of a Parse without a name, and of what a Bind names. A statement inside a transaction is named after
 * the one that opened it: `commit ← update "people" …`.
 */
export function postgresCommands(): CommandDecoder {
  let rest = Buffer.alloc(0);
  let started = false;
  let opener: string | null = null;
  let begun = false;
  const prepared = new Map<string, string>();
  const name = (text: string): string[] => {
    if (/^(begin|start transaction)/i.test(text)) {
      begun = true;
      opener = null;
      return [];
    }
    const ends = /^(commit|rollback)\b/i.test(text);
    const label: string = begun && opener !== null ? `${text} ← ${opener}` : text;
    if (begun) opener ??= text;
    if (ends) begun = false;
    return [label];
  };
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const names: string[] = [];
    for (;;) {
      const typeBytes = started ? 1 : 0;
      if (rest.length < typeBytes + 4) return names;
      const length = rest.readInt32BE(typeBytes) + typeBytes;
      if (rest.length < length) return names;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      if (!started) names.push('connect');
      else if (message[0] === 0x51) names.push(...name(cString(message, 5)));
      else if (message[0] === 0x50) {
        const [statement, text] = twoStrings(message);
        if (statement === '') names.push(...name(text));
        else prepared.set(statement, text);
      } else if (message[0] === 0x42) {
        const [, statement] = twoStrings(message);
        if (statement !== '') names.push(...name(prepared.get(statement) ?? statement));
      }
      started = true;
    }
  };
}

/** How Parse (statement, text) and Bind (portal, statement) begin. */
function twoStrings(message: Buffer): [string, string] {
  return [cString(message, 5), cString(message, message.indexOf(0, 5) + 1)];
}

function cString(message: Buffer, from: number): string {
  return message.toString('utf8', from, message.indexOf(0, from));
}
