/**
 * Encrypts secrets at rest (one-time code secrets, private keys) under the configured key, AES-256-GCM, bound to
 * a context so that a sealed value cannot be moved to another row. Old keys still open; `needsResealing` tells
 * when a value is not under the current key.
 */
export interface Sealer {
  seal(plain: Buffer, context: string): string;
  /** @throws DrawbridgeError `sealed_value_invalid` when it was sealed elsewhere or altered. */
  open(sealed: string, context: string): Buffer;
  needsResealing(sealed: string): boolean;
  /** A keyed hash for values that are looked up but must not be guessable from a dump. */
  mac(value: string, context: string): string;
}
