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
import { insertCredential, maxCredentials, type NewCredential } from './insert-credential.js';
import { fromBase32 } from './oath.js';
import { otpFactorName, unnamedDevice } from './otp-factor-name.js';

/** Other systems made secrets shorter than the 128 bits that RFC 4226 demands; below this one they can be guessed. */
const leastBits = 80;

/** A secret of another system that is not taken over. The message never shows it. */
export class OtpSecretInvalid extends DrawbridgeError {
  constructor(why: string) {
    super('otp_secret_invalid', `the one-time code secret ${why}`, { status: 400 });
  }
}

/**
 * Reads base32 (RFC 4648; case, spaces and padding do not matter).
 * @throws OtpSecretInvalid when it is something else, or shorter than 80 bits
 */
export function readBase32Secret(base32: string): Buffer {
  const text = base32.replace(/\s+/g, '').replace(/=+$/, '').toUpperCase();
  if (!/^[A-Z2-7]+$/.test(text)) throw new OtpSecretInvalid('is not base32');
  const secret = fromBase32(text);
  if (secret.length * 8 < leastBits) throw new OtpSecretInvalid(`has fewer than ${leastBits} bits`);
  return secret;
}

export interface SecretImportDeps {
  database: Pick<SqlDatabase, 'dialect'>;
  audit: Pick<AuditLog, 'recordIn'>;
  sealer: Sealer;
  clock: Clock;
  random: RandomSource;
}

/** A secret of another system, and how its codes are made. */
export interface ForeignSecret {
  secret: Buffer;
  parameters: NonNullable<NewCredential['parameters']>;
  /** With `hotp`: the counter of the next code; 0 otherwise. */
  counter: number;
}

/**
 * Adds a secret, unless the person has it: counters go on from where they are here, however old the file is.
 * @throws OtpSecretInvalid when the person has too many
 */
export async function takeOver(
  { database, audit, sealer, clock, random }: SecretImportDeps,
  tx: Queryable,
  person: PersonId,
  { secret, parameters, counter }: ForeignSecret,
): Promise<'added' | 'unchanged'> {
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
    parameters,
    lastStep: parameters.kind === 'hotp' ? counter - 1 : 0,
    createdAt: clock.now(),
    lastUsedAt: null,
  });
  if (outcome === 'too-many') {
    throw new OtpSecretInvalid(`is one too many: a person has at most ${maxCredentials}`);
  }
  const enrolled = { factor: otpFactorName, credential: id, label: unnamedDevice };
  await audit.recordIn(tx, factorEnrolled({ person }, { ...enrolled, imported: true }));
  return 'added';
}
