import { createHash } from 'node:crypto';

/** Tokens have 256 random bits, so a plain hash tells nobody anything. */
export const hashOfToken = (token: string): string =>
  createHash('sha256').update(token).digest('base64url');
