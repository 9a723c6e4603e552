import type { RandomSource } from '../kernel/random.js';
import type { AuditReference } from './audit-log.js';

/** Crockford's base32: no I, L, O, U, so that a code survives being read over the telephone. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 50 random bits as `XXXXX-XXXXX`. */
export function newReference(random: RandomSource): AuditReference {
  const symbols = Array.from(random.bytes(10), (byte) => alphabet[byte & 31]).join('');
  return `${symbols.slice(0, 5)}-${symbols.slice(5)}` as AuditReference;
}

/** Reads a reference as people type it: any case, with or without hyphen, O for 0, I or L for 1. */
export function readReference(text: string): AuditReference | null {
  const symbols = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (!/^[0-9A-HJKMNP-TV-Z]{10}$/.test(symbols)) return null;
  return `${symbols.slice(0, 5)}-${symbols.slice(5)}` as AuditReference;
}
