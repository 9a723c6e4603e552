import type { RandomSource } from '../kernel/random.js';

/** A fresh `ID`: 160 bits, and a letter or underscore in front, because xs:ID asks for it. */
export function newId(random: RandomSource): string {
  return `_${random.bytes(20).toString('hex')}`;
}
