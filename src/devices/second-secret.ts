import type { RandomSource } from '../kernel/random.js';

/** Eight digits, each value as likely as any other. */
export function newSecondSecret(random: RandomSource): string {
  for (;;) {
    const value = random.bytes(4).readUInt32BE();
    if (value < 4_200_000_000) return String(value % 100_000_000).padStart(8, '0');
  }
}

/** What it is bound to when it is hashed with our key: eight digits alone could be tried from a dump. */
export const secondSecretContext = (activation: string): string => `second-secret:${activation}`;
