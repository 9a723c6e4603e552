import { randomBytes, randomFillSync } from 'node:crypto';

/** Source of cryptographic randomness. Injected so that tests can be deterministic where that is safe. */
export interface RandomSource {
  bytes(length: number): Buffer;
}

/** Small requests are served from a stock, because asking the system costs the same for 12 bytes as for 2000. */
export const systemRandom: RandomSource = {
  bytes(length) {
    if (length > stock.length / 8) return randomBytes(length);
    if (used + length > stock.length) {
      randomFillSync(stock);
      used = 0;
    }
    const bytes = Buffer.from(stock.subarray(used, used + length));
    // What was handed out once is nowhere else.
    stock.fill(0, used, used + length);
    used += length;
    return bytes;
  },
};

const stock = Buffer.alloc(2048);
let used = stock.length;

/** An unguessable URL-safe token of `bits` bits (a multiple of 8). */
export function randomToken(random: RandomSource, bits = 256): string {
  return random.bytes(bits / 8).toString('base64url');
}
