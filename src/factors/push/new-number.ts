import type { RandomSource } from '../../kernel/random.js';

/** The number a person types: every value of so many digits as likely as any other. */
export function newNumber(random: RandomSource, digits: number): string {
  const values = 10 ** digits;
  const limit = Math.floor(2 ** 32 / values) * values;
  for (;;) {
    const value = random.bytes(4).readUInt32BE();
    if (value < limit) return String(value % values).padStart(digits, '0');
  }
}
