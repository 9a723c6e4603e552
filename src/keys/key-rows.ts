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
  place: { issuer: string; publishedAt: number; useFrom: number },
  sealer: Sealer,
): SigningKeysTable {
  const secret = Buffer.from(JSON.stringify(key.privateJwk));
  return {
    kid: key.kid,
    issuer_id: place.issuer,
    purpose: key.purpose,
    algorithm: key.algorithm,
    private_jwk_sealed: sealer.seal(secret, sealingContext.signingKey(key.kid)),
    public_jwk: JSON.stringify(key.publicJwk),
    certificate: key.certificate,
    published_at: place.publishedAt,
    use_from: place.useFrom,
    retire_at: null,
  };
}

type LiveRow = Pick<SigningKeysTable, 'kid' | 'purpose' | 'algorithm' | 'use_from' | 'retire_at'>;

/** Rows of an issuer that are not retired, youngest first. */
export async function liveRows(db: Queryable, issuer: string, now: number): Promise<LiveRow[]> {
  return db
    .selectFrom('signing_keys')
    .select(['kid', 'purpose', 'algorithm', 'use_from', 'retire_at'])
    .where('issuer_id', '=', issuer)
    .where((where) => where.or([where('retire_at', 'is', null), where('retire_at', '>', now)]))
    .orderBy('use_from', 'desc')
    .execute();
}

/** What the certificates of an issuer call it: its entity id, or its id where it has no row. */
export async function issuerName(db: Queryable, issuer: string): Promise<string> {
  const row = await db
    .selectFrom('issuers')
    .select('entity_id')
    .where('id', '=', issuer)
    .executeTakeFirst();
  return row?.entity_id ?? issuer;
}

/**
 * Makes all who change an issuer's keys write one and the same row, so that of parallel transactions one is undone
 * and starts over, seeing what the other did. The lease is never held by anybody else.
 */
export async function takeTurns(tx: Queryable, issuer: string, now: number): Promise<void> {
  await takeLease(tx, { name: `signing-keys:${issuer}`, holder: 'signing-keys', now, ttlMs: 0 });
}
