import type { PersonId } from '../../directory/person.js';
import type { Queryable } from '../../storage/sql/sql-database.js';
import {
  readBase32Secret,
  takeOver,
  OtpSecretInvalid,
  type ForeignSecret,
  type SecretImportDeps,
} from './take-over-secret.js';
import { enrolledParameters, readOtpauthUri, toBase32 } from './oath.js';

/** The secrets that a file gives for a person, each a credential of its own. */
export interface ForeignSecretFields {
  /** Base32; SHA-1, 6 digits, 30 seconds. */
  totpSecret?: string;
  /** Base32; SHA-1, 6 digits, counting presses. */
  hotpSecret?: string;
  /** The counter of the next code; 0 when absent. */
  hotpCounter?: string;
  /** `otpauth://…`, which says all of that. */
  otpUri?: string;
}

/** Far more presses than a battery lasts for, and still exact as a number. */
const mostPresses = 2 ** 40;

/** What is wrong with them, each beginning with the name of its field in files. Shows no value. */
export function otpSecretProblems(fields: ForeignSecretFields): string[] {
  return given(fields).flatMap(({ field, read }) => {
    try {
      read();
      return [];
    } catch (error) {
      if (!(error instanceof OtpSecretInvalid)) throw error;
      return [`${field}: ${error.message}`];
    }
  });
}

/**
 * Takes over what apps and devices already have. What the person has already is left as it is; answers how many were
 * added.
 * @throws OtpSecretInvalid
 */
export function createOtpSecretsImport(deps: SecretImportDeps) {
  return async (tx: Queryable, person: PersonId, fields: ForeignSecretFields): Promise<number> => {
    let added = 0;
    for (const { read } of given(fields)) {
      if ((await takeOver(deps, tx, person, read())) === 'added') added += 1;
    }
    return added;
  };
}

function given(fields: ForeignSecretFields): { field: string; read(): ForeignSecret }[] {
  const { totpSecret, hotpSecret, hotpCounter, otpUri } = fields;
  const all = [];
  if (totpSecret !== undefined) {
    const parameters = { kind: 'totp', ...enrolledParameters } as const;
    const read = () => ({ secret: readBase32Secret(totpSecret), parameters, counter: 0 });
    all.push({ field: 'totp_secret', read });
  }
  if (hotpSecret !== undefined || hotpCounter !== undefined) {
    const parameters = { kind: 'hotp', ...enrolledParameters } as const;
    const read = () => ({
      secret: readBase32Secret(hotpSecret ?? ''),
      parameters,
      counter: readCounter(hotpCounter ?? '0'),
    });
    all.push({ field: 'hotp_secret', read });
  }
  if (otpUri !== undefined) all.push({ field: 'otp_uri', read: () => readUri(otpUri) });
  return all;
}

function readCounter(text: string): number {
  const counter = /^[0-9]{1,13}$/.test(text.trim()) ? Number(text) : mostPresses;
  if (counter >= mostPresses) throw new OtpSecretInvalid('has no counter of presses');
  return counter;
}

function readUri(uri: string): ForeignSecret {
  const read = readOtpauthUri(uri.trim());
  if (read === null) throw new OtpSecretInvalid('is no otpauth:// link for codes');
  const { kind, algorithm, digits, period, counter } = read;
  if (!['SHA1', 'SHA256', 'SHA512'].includes(algorithm)) {
    throw new OtpSecretInvalid('is for a hash other than SHA-1, SHA-256 and SHA-512');
  }
  if (digits < 6 || digits > 8)
    throw new OtpSecretInvalid('is for codes of other than 6 to 8 digits');
  if (period < 15 || period > 120) {
    throw new OtpSecretInvalid('is for a period other than 15 to 120 seconds');
  }
  return {
    secret: readBase32Secret(toBase32(read.secret)),
    parameters: { kind, algorithm, digits, period },
    counter: readCounter(String(counter)),
  };
}
