import { newPrefixedId } from '../../kernel/prefixed-id.js';
import type { RandomSource } from '../../kernel/random.js';
import { normaliseAlias } from '../alias.js';
import type { NewPersonRow } from '../local/person-writes.js';
import { normaliseGroup } from '../person-fields.js';
import type { Person } from '../person.js';
import { isUsername, type ExistingPerson } from './existing-people.js';
import type { ImportProblem, ImportRecord } from './import-record.js';

/** What a file will change. */
export interface ImportPlan {
  added: NewPersonRow[];
  updated: PlannedUpdate[];
  /** Who the records are about. */
  ids: Map<ImportRecord, Person['id']>;
  problems: ImportProblem[];
}

export interface PlannedUpdate {
  before: Person;
  after: Person;
  /** A hash other than the stored one. */
  passwordHash: string | null;
  /** Changed fields, for the audit row. */
  fields: string[];
}

/** Known user names are updated in the fields that the file gives; others are added. */
export function planImport(
  records: readonly ImportRecord[],
  existing: ReadonlyMap<string, ExistingPerson>,
  random: RandomSource,
): ImportPlan {
  const plan: ImportPlan = { added: [], updated: [], ids: new Map(), problems: [] };
  for (const record of records) {
    const alias = normaliseAlias(record.username);
    const known = existing.get(alias);
    if (known === undefined) {
      const row = newRow(record, random);
      plan.added.push(row);
      plan.ids.set(record, row.id);
    } else if (isUsername(known, alias)) {
      const update = updateOf(record, known);
      if (update.fields.length > 0) plan.updated.push(update);
      plan.ids.set(record, known.person.id);
    } else {
      const message = 'username is the mail address or UPN of somebody else';
      plan.problems.push({ line: record.line, message });
    }
  }
  return plan;
}

function newRow(record: ImportRecord, random: RandomSource): NewPersonRow {
  return {
    id: newPrefixedId('per', random),
    username: record.username,
    name: record.name,
    mail: record.mail ?? null,
    upn: record.upn ?? null,
    locale: record.locale ?? null,
    groups: record.groups ?? [],
    attributes: record.attributes ?? {},
    passwordHash: record.passwordHash ?? null,
  };
}

function updateOf(record: ImportRecord, { person, passwordHash }: ExistingPerson): PlannedUpdate {
  const after: Person = {
    ...person,
    username: record.username,
    name: record.name,
    mail: record.mail ?? person.mail,
    upn: record.upn ?? person.upn,
    locale: record.locale ?? person.locale,
    groups: [...new Set((record.groups ?? person.groups).map(normaliseGroup))].sort(),
    attributes: record.attributes ?? person.attributes,
  };
  const fields = (
    ['username', 'name', 'mail', 'upn', 'locale', 'groups', 'attributes'] as const
  ).filter((field) => JSON.stringify(after[field]) !== JSON.stringify(person[field]));
  const newHash = record.passwordHash ?? passwordHash;
  const changesHash = newHash !== passwordHash;
  return {
    before: person,
    after,
    passwordHash: changesHash ? newHash : null,
    fields: changesHash ? [...fields, 'password'] : fields,
  };
}
