import type { z } from 'zod';
import type { ConfigurationProblem } from '../../config/configuration-problem.js';
import { problemOfIssue } from '../../config/schema-issues.js';
import { formatPath } from '../../config/written-value.js';
import { failure, success, type Result } from '../../kernel/result.js';
import type { Sealer } from '../../keys/sealer.js';
import { sealingContext } from '../../keys/sealing-context.js';
import {
  completeParty,
  documentSchema,
  readDocument,
  type PolicyDefaults,
  type ProtocolSection,
} from '../relying-party-document.js';
import type { RelyingParty } from '../relying-party.js';
import type { RegisteredParty } from './registered-parties.js';

export interface ReadRegisteredDeps {
  sections: readonly ProtocolSection[];
  defaults: PolicyDefaults;
  /** Opens the secret settings. */
  sealer: Pick<Sealer, 'open'>;
}

export interface ReadRegistered {
  party: RelyingParty;
  section: ProtocolSection;
}

export const placeOfRegistered = (id: string): string => `registered relying party ${id}`;

/**
 * Reads one row by the rules that hold for files, except that `${NAME}` is text: what registered itself must not be
 * able to ask for our environment.
 */
export async function readRegistered(
  row: RegisteredParty,
  { sections, defaults, sealer }: ReadRegisteredDeps,
): Promise<Result<ReadRegistered, ConfigurationProblem[]>> {
  const place = placeOfRegistered(row.id);
  const refused = (problem: string, remedy: string) =>
    failure([{ file: null, path: place, problem, remedy }]);
  const section = sections.find(({ protocol }) => protocol === row.protocol);
  if (section === undefined) {
    return refused(`speaks ${row.protocol}, which is not supported`, 'Remove it.');
  }
  const settings = row.document[section.key];
  let secrets: object = {};
  if (row.secretSealed !== null) {
    try {
      const opened = sealer.open(row.secretSealed, sealingContext.relyingParty(row.id));
      secrets = JSON.parse(opened.toString('utf8')) as object;
    } catch {
      return refused(
        'has secrets that cannot be decrypted',
        'Put the encryption key they were sealed with into previous_encryption_keys.',
      );
    }
  }
  const written = {
    ...row.document,
    id: row.id,
    protocol: row.protocol,
    [section.key]:
      settings !== null && typeof settings === 'object' ? { ...settings, ...secrets } : settings,
  };
  const schema = documentSchema(section);
  const parsed = schema.safeParse(written);
  if (!parsed.success) return failure(problemsOf(schema, parsed.error.issues, place));
  const party = readDocument(parsed.data, section, defaults);
  const completed = await completeParty(party, section, { file: null, place });
  return completed.ok ? success({ party: completed.value, section }) : completed;
}

/** Without values: they came from outside, and may be secrets. */
function problemsOf(
  schema: z.ZodType,
  issues: readonly z.core.$ZodIssue[],
  place: string,
): ConfigurationProblem[] {
  return issues.map((issue) => ({
    file: null,
    path: `${place}: ${formatPath(issue.path)}`,
    ...problemOfIssue(schema, issue),
  }));
}
