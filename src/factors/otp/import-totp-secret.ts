import { factorEnrolled } from '../../audit/events/factor-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { PersonId } from '../../directory/person.js';
import type { Clock } from '../../kernel/clock.js';
import { DrawbridgeError } from '../../kernel/errors.js';
import { newPrefixedId } from '../../kernel/prefixed-id.js';
import type { RandomSource } from '../../kernel/random.js';
import { sealingContext } from '../../keys/sealing-context.js';
import type { Sealer } from '../../keys/sealer.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import { insertCredential, maxCredentials } from './insert-credential.js';
import { fromBase32 } from './oath.js';
import { otpFactorName, unnamedDevice } from './otp-factor-name.js';

/** Other systems made secrets shorter than the 128 bits that RFC 4226 demands; below this one they can be guessed. */
const leastBits = 80;

/** A secret of another system that is not taken over. The message never shows it. */
export class TotpSecretInvalid extends DrawbridgeError {
  constructor(why: string) {
    super('totp_secret_invalid', `the one-time code secret ${why}`, { status: 400 });
  }
}

/**
 * Reads base32 (RFC 4648; case, spaces and padding do not matter).
 * @throws TotpSecretInvalid when it is something else, or shorter than 80 bits
 */
export function readTotpSecret(base32: string): Buffer {
  const text = base32.replace(/\s+/g, '').replace(/=+$/, '').toUpperCase();
  if (!/^[A-Z2-7]+$/.test(text)) throw new TotpSecretInvalid('is not base32');
  const secret = fromBase32(text);
  if (secret.length * 8 < leastBits)
    throw new TotpSecretInvalid(`has fewer than ${leastBits} bits`);
  return secret;
}

/** Why a secret would not be taken over, for a dry run; `null` when it would. */
export function totpSecretProblem(base32: string): string | null {
  try {
    readTotpSecret(base32);
    return null;
  } catch (error) {
    if (error instanceof TotpSecretInvalid) return error.message;
    throw error;
  }
}

export interface TotpImportDeps {
  database: Pick<SqlDatabase, 'dialect'>;
  audit: Pick<AuditLog, 'recordIn'>;
  sealer: Sealer;
  clock: Clock;
  random: RandomSource;
}

/**
 * Takes over the secret that a person's authenticator app already has, as SHA-1, 6 digits, 30 seconds.
 * Importing the same again changes nothing.
 * @throws TotpSecretInvalid
 */
export type ImportTotpSecret = (
  tx: Queryable,
  person: PersonId,
  base32: string,
) => Promise<'added' | 'unchanged'>;

export function createTotpImport(deps: TotpImportDeps): ImportTotpSecret {
  const { database, audit, sealer, clock, random } = deps;
  return async (tx, person, base32) => {
    const secret = readTotpSecret(base32);
    const present = await tx
      .selectFrom('otp_credentials')
      .select(['id', 'secret_sealed'])
      .where('person_id', '=', person)
      .execute();
    const known = present.some(({ id, secret_sealed: sealed }) =>
      sealer.open(sealed, sealingContext.otpSecret(id)).equals(secret),
    );
    if (known) return 'unchanged';

    const id = newPrefixedId('otp', random);
    const outcome = await insertCredential(tx, database.dialect, {
      id,
      person,
      label: unnamedDevice,
      sealed: sealer.seal(secret, sealingContext.otpSecret(id)),
      lastStep: 0,
      createdAt: clock.now(),
      lastUsedAt: null,
    });
    if (outcome === 'too-many') {
      throw new TotpSecretInvalid(`is one too many: a person has at most ${maxCredentials}`);
    }
    const enrolled = { factor: otpFactorName, credential: id, label: unnamedDevice };
    await audit.recordIn(tx, factorEnrolled({ person }, { ...enrolled, imported: true }));
    return 'added';
  };
}
