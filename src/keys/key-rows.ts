import { createPrivateKey } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { takeLease } from '../storage/sql/lease.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import type { SigningKeysTable } from '../storage/sql/tables.js';
import type { GeneratedKey } from './generate-key.js';
import type { KeyPurpose, SigningKey } from './key-store.js';
import type { Sealer } from './sealer.js';
import { sealingContext } from './sealing-context.js';

/** Row to key: the private key is decrypted once and kept as a `KeyObject`. */
export function openKey(row: SigningKeysTable, sealer: Sealer): SigningKey {
  const opened = sealer.open(row.private_jwk_sealed, sealingContext.signingKey(row.kid));
  const jwk = JSON.parse(opened.toString()) as JsonWebKey;
  return {
    kid: row.kid,
    issuer: row.issuer_id,
    purpose: row.purpose as KeyPurpose,
    algorithm: row.algorithm as SigningKey['algorithm'],
    privateKey: createPrivateKey({ key: jwk, format: 'jwk' }),
    publicJwk: JSON.parse(row.public_jwk) as SigningKey['publicJwk'],
    certificate: row.certificate,
    publishedAt: row.published_at,
    useFrom: row.use_from,
    retireAt: row.retire_at,
  };
}

export function keyRow(
  key: GeneratedKey,
  place: { issuer: string; purpose: KeyPurpose; publishedAt: number; useFrom: number },
  sealer: Sealer,
): SigningKeysTable {
  const secret = Buffer.from(JSON.stringify(key.privateJwk));
  return {
    kid: key.kid,
    issuer_id: place.issuer,
    purpose: place.purpose,
    algorithm: key.algorithm,
    private_jwk_sealed: sealer.seal(secret, sealingContext.signingKey(key.kid)),
    public_jwk: JSON.stringify(key.publicJwk),
    certificate: null,
    published_at: place.publishedAt,
    use_from: place.useFrom,
    retire_at: null,
  };
}

/** Rows of an issuer and purpose that are not retired, youngest first. */
export async function liveRows(
  db: Queryable,
  issuer: string,
  purpose: KeyPurpose,
  now: number,
): Promise<Pick<SigningKeysTable, 'kid' | 'algorithm' | 'use_from' | 'retire_at'>[]> {
  return db
    .selectFrom('signing_keys')
    .select(['kid', 'algorithm', 'use_from', 'retire_at'])
    .where('issuer_id', '=', issuer)
    .where('purpose', '=', purpose)
    .where((where) => where.or([where('retire_at', 'is', null), where('retire_at', '>', now)]))
    .orderBy('use_from', 'desc')
    .execute();
}

/**
 * Makes all who change an issuer's keys write one and the same row, so that of parallel transactions one is undone
 * and starts over, seeing what the other did. The lease is never held by anybody else.
 */
export async function takeTurns(tx: Queryable, issuer: string, now: number): Promise<void> {
  await takeLease(tx, { name: `signing-keys:${issuer}`, holder: 'signing-keys', now, ttlMs: 0 });
}
