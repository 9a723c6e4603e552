import { aliasesOf } from '../alias.js';
import { assertAffordable, parseStoredHash } from '../passwords/stored-hash.js';
import { UnusableHash } from '../passwords/unusable-hash.js';
import { fieldProblems, normaliseGroup } from '../person-fields.js';
import type { ImportProblem, ImportRecord } from './import-record.js';

/** What is wrong with a secret for one-time codes; `null` when it can be used. */
export type TotpSecretProblem = (base32: string) => string | null;

/** Everything in the records that is wrong whatever the database holds. */
export function checkRecords(
  records: readonly ImportRecord[],
  totpSecretProblem: TotpSecretProblem,
): ImportProblem[] {
  return [
    ...records.flatMap((record) => [
      ...fieldProblems({
        username: record.username,
        name: record.name,
        mail: record.mail ?? null,
        upn: record.upn ?? null,
        groups: (record.groups ?? []).map(normaliseGroup),
        attributes: record.attributes ?? {},
      }).map(({ field, message }) => ({ line: record.line, message: `${field} ${message}` })),
      ...hashProblems(record),
      ...totpProblems(record, totpSecretProblem),
    ]),
    ...sharedAliases(records),
  ];
}

function hashProblems({ line, passwordHash }: ImportRecord): ImportProblem[] {
  if (passwordHash === undefined) return [];
  try {
    assertAffordable(parseStoredHash(passwordHash));
    return [];
  } catch (error) {
    if (!(error instanceof UnusableHash)) throw error;
    return [{ line, message: `password_hash ${error.message}` }];
  }
}

function totpProblems(
  { line, totpSecret }: ImportRecord,
  problemOf: TotpSecretProblem,
): ImportProblem[] {
  const problem = totpSecret === undefined ? null : problemOf(totpSecret);
  return problem === null ? [] : [{ line, message: `totp_secret: ${problem}` }];
}

/** Two people of one file must not share a user name, mail address or UPN. */
function sharedAliases(records: readonly ImportRecord[]): ImportProblem[] {
  const firstLine = new Map<string, number>();
  const problems: ImportProblem[] = [];
  for (const record of records) {
    for (const alias of aliasesOf(record)) {
      const first = firstLine.get(alias);
      if (first === undefined) firstLine.set(alias, record.line);
      else {
        const message = `has a user name, mail address or UPN that line ${first} has too`;
        problems.push({ line: record.line, message });
      }
    }
  }
  return problems;
}
