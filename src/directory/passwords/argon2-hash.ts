import { hash, verify } from '@node-rs/argon2';
import { UnusableHash } from './unusable-hash.js';

export interface Argon2Cost {
  memoryKiB: number;
  passes: number;
  lanes: number;
}

export interface Argon2Hash extends Argon2Cost {
  scheme: 'argon2id';
  phc: string;
}

/** OWASP's first choice that fits a sign-in server: 19 MiB, two passes, one lane. */
export const defaultArgon2Cost: Argon2Cost = { memoryKiB: 19_456, passes: 2, lanes: 1 };

/** What a hash from elsewhere may cost at the most. */
const dearest = { memoryKiB: 262_144, passes: 12, lanes: 8, memoryTimesPasses: 1_048_576 };

const phcPattern =
  /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** `null` when the text is no argon2id PHC string. @throws UnusableHash when argon2id has no such parameters */
export function parseArgon2Hash(text: string): Argon2Hash | null {
  const match = phcPattern.exec(text);
  if (match === null) return null;
  const [memoryKiB, passes, lanes] = match.slice(1, 4).map(Number) as [number, number, number];
  if (passes < 1 || lanes < 1 || memoryKiB < 8 * lanes) {
    throw new UnusableHash('has parameters argon2id does not allow');
  }
  return { scheme: 'argon2id', phc: text, memoryKiB, passes, lanes };
}

/** @throws UnusableHash */
export function assertAffordableArgon2({ memoryKiB, passes, lanes }: Argon2Cost): void {
  if (
    memoryKiB > dearest.memoryKiB ||
    passes > dearest.passes ||
    lanes > dearest.lanes ||
    memoryKiB * passes > dearest.memoryTimesPasses
  ) {
    throw new UnusableHash('asks for more memory or time than is allowed (argon2id)');
  }
}

export function verifyArgon2(stored: Argon2Hash, password: string): Promise<boolean> {
  return verify(stored.phc, password);
}

/** PHC string of argon2id, the library's default; the salt is 128 random bits. */
export function hashArgon2(password: string, cost: Argon2Cost): Promise<string> {
  return hash(password, {
    memoryCost: cost.memoryKiB,
    timeCost: cost.passes,
    parallelism: cost.lanes,
    outputLen: 32,
  });
}

export function hasCost(stored: Argon2Hash, cost: Argon2Cost): boolean {
  return (
    stored.memoryKiB === cost.memoryKiB &&
    stored.passes === cost.passes &&
    stored.lanes === cost.lanes
  );
}

/** Matches no password and costs what a real one costs; judged where there is no hash to judge. */
export function decoyArgon2Hash(cost: Argon2Cost): Argon2Hash {
  const parameters = `m=${cost.memoryKiB},t=${cost.passes},p=${cost.lanes}`;
  const phc = `$argon2id$v=19$${parameters}$ZHJhd2JyaWRnZWRlY295IQ$${'A'.repeat(43)}`;
  return { scheme: 'argon2id', phc, ...cost };
}
