import { aliasesOf } from '../alias.js';
import { assertAffordable, parseStoredHash } from '../passwords/stored-hash.js';
import { UnusableHash } from '../passwords/unusable-hash.js';
import { fieldProblems, normaliseGroup } from '../person-fields.js';
import type { ImportProblem, ImportRecord, OtpSecretFields } from './import-record.js';

/** What is wrong with secrets for one-time codes, each beginning with the field's name in files. */
export type OtpSecretProblems = (fields: OtpSecretFields) => readonly string[];

/** Everything in the records that is wrong whatever the database holds. */
export function checkRecords(
  records: readonly ImportRecord[],
  otpSecretProblems: OtpSecretProblems,
): ImportProblem[] {
  return [
    ...records.flatMap((record) => [
      ...fieldProblems({
        username: record.username,
        name: record.name,
        mail: record.mail ?? null,
        upn: record.upn ?? null,
        locale: record.locale ?? null,
        groups: (record.groups ?? []).map(normaliseGroup),
        attributes: record.attributes ?? {},
      }).map(({ field, message }) => ({ line: record.line, message: `${field} ${message}` })),
      ...hashProblems(record),
      ...otpSecretProblems(record).map((message) => ({ line: record.line, message })),
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
