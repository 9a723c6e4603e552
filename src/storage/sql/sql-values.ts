import { UnsupportedSqlValue } from './sql-errors.js';

export type SqlParameter = string | number | null | Buffer;

/**
 * Checks one parameter, the same way for both databases, because each damages some values silently: SQLite cuts
 * text at NUL, PostgreSQL's client replaces lone surrogates, both round integers past 2^53, and libsql ends the
 * process on a boolean.
 * @throws UnsupportedSqlValue
 */
export function toSqlParameter(value: unknown): SqlParameter {
  if (typeof value === 'string') return checkedText(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return safeNumber(value);
  if (typeof value === 'number') return checkedInteger(value);
  if (value === null) return null;
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  throw new UnsupportedSqlValue(`a value of type ${typeof value}`);
}

function checkedInteger(number: number): number {
  if (!Number.isSafeInteger(number))
    throw new UnsupportedSqlValue('a number that is no safe integer');
  // -0 would come back as 0 from one database and as -0 from the other.
  return number === 0 ? 0 : number;
}

function checkedText(text: string): string {
  if (text.includes('\0')) throw new UnsupportedSqlValue('text with NUL');
  // With the u flag a proper pair is one code point, so only lone surrogates match.
  if (/\p{Surrogate}/u.test(text)) throw new UnsupportedSqlValue('text with a lone surrogate');
  return text;
}

/** @throws UnsupportedSqlValue when the integer would be rounded */
export function safeNumber(integer: bigint): number {
  const number = Number(integer);
  if (!Number.isSafeInteger(number)) throw new UnsupportedSqlValue('an integer beyond 2^53');
  return number;
}
