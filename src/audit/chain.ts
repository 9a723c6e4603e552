import { createHash } from 'node:crypto';
import type { UnsealedRow } from './audit-row.js';

/** A sealed place in the chain. */
export interface ChainHead {
  seq: number;
  hash: string;
}

/** What comes before the first row. */
export const chainStart: ChainHead = { seq: 0, hash: '0'.repeat(64) };

/**
 * SHA-256 (hex) over the place, the previous hash and every column, as a JSON array in this fixed order: one
 * text for one row, whatever the database does with column order or spaces.
 */
export function chainHash(row: UnsealedRow, seq: number, previousHash: string): string {
  const canonical = JSON.stringify([
    'drawbridge-audit-1',
    seq,
    previousHash,
    row.reference,
    row.at,
    row.kind,
    row.person_id,
    row.relying_party,
    row.reason,
    row.client_address,
    row.data,
  ]);
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}

/** `<seq>:<hash>`, what operators keep outside of the database. */
export const formatAnchor = (head: ChainHead): string => `${head.seq}:${head.hash}`;

export function readAnchor(text: string): ChainHead | null {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim());
  return match === null ? null : { seq: Number(match[1]), hash: match[2]! };
}
