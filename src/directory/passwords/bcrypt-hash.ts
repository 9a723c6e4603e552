import { compare } from '@node-rs/bcrypt';
import { UnusableHash } from './unusable-hash.js';

export interface BcryptHash {
  scheme: 'bcrypt';
  text: string;
  cost: number;
}

/** One judgement at this cost takes seconds already. */
const dearestCost = 15;

/** bcrypt looks at no more bytes than these. */
const bytesSeen = 72;

const pattern = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** `null` when the text is no bcrypt hash. @throws UnusableHash when bcrypt has no such cost */
export function parseBcryptHash(text: string): BcryptHash | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const cost = Number(match[1]);
  if (cost < 4 || cost > 31) throw new UnusableHash('has a cost bcrypt does not allow');
  return { scheme: 'bcrypt', text, cost };
}

/** @throws UnusableHash */
export function assertAffordableBcrypt({ cost }: BcryptHash): void {
  if (cost > dearestCost) {
    throw new UnusableHash(`asks for more time than is allowed (bcrypt cost over ${dearestCost})`);
  }
}

/**
 * A password of more than 72 bytes never matches: bcrypt would ignore the rest, and passwords that differ only
 * there must be told apart. The person sets a new one by the "forgotten password" link.
 */
export async function verifyBcrypt(stored: BcryptHash, password: string): Promise<boolean> {
  const matches = await compare(password, stored.text);
  return matches && Buffer.byteLength(password) <= bytesSeen && !password.includes('\0');
}
