import type { PersonId } from '../../../src/directory/person.js';
import { createOtpSecretsImport } from '../../../src/factors/otp/import-otp-secrets.js';
import type { SecretImportDeps } from '../../../src/factors/otp/take-over-secret.js';
import type { Queryable } from '../../../src/storage/sql/sql-database.js';

/** Gives somebody an authenticator app of which no code was used yet, by its secret. */
export function createTotpImport(deps: SecretImportDeps) {
  const importing = createOtpSecretsImport(deps);
  return async (
    tx: Queryable,
    person: PersonId,
    totpSecret: string,
  ): Promise<'added' | 'unchanged'> =>
    (await importing(tx, person, { totpSecret })) === 1 ? 'added' : 'unchanged';
}
