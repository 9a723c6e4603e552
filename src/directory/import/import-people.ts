import { personAdded, personChanged, type ChangedBy } from '../../audit/events/person-events.js';
import { sql } from 'kysely';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Clock } from '../../kernel/clock.js';
import type { RandomSource } from '../../kernel/random.js';
import { announce } from '../../storage/sql/change-feed.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import { aliasesOf } from '../alias.js';
import { newPassword } from '../local/new-password.js';
import { changedColumns, peopleTopic, type AfterVoid } from '../local/people.js';
import {
  deleteAliases,
  insertAliases,
  insertPeople,
  replaceGroups,
  type NewPersonRow,
} from '../local/person-writes.js';
import type { Invitation, InvitePeople } from '../links/invitations.js';
import { AliasTaken } from '../person-errors.js';
import type { PersonId } from '../person.js';
import { checkRecords, type OtpSecretProblems } from './check-records.js';
import { findExistingPeople } from './existing-people.js';
import type { ImportProblem, ImportRecord, OtpSecretFields } from './import-record.js';
import { planImport, type PlannedUpdate } from './plan-import.js';

/**
 * Gives a person the secrets for one-time codes that their apps and devices already have; the same again changes nothing.
 * Answers how many were added.
 */
export type ImportOtpSecrets = (
  tx: Queryable,
  person: PersonId,
  fields: OtpSecretFields,
) => Promise<number>;

export type ImportOutcome =
  | {
      ok: true;
      added: number;
      updated: number;
      unchanged: number;
      otpSecrets: number;
      /** Of added people who have no password yet. After a dry run their links do not work. */
      invitations: readonly Invitation[];
    }
  | { ok: false; problems: ImportProblem[] };

export interface ImportPeopleDeps {
  database: SqlDatabase;
  audit: Pick<AuditLog, 'recordIn'>;
  clock: Clock;
  random: RandomSource;
  otpSecretProblems: OtpSecretProblems;
  importOtpSecrets: ImportOtpSecrets;
  invite: InvitePeople;
  /** Done in the transaction that made everything issued to a person void. */
  afterVoid: AfterVoid;
}

/**
 * Adds and updates people in one transaction: all of them, or nobody when anything is wrong. A dry run does the
 * same and undoes it, so that it finds whatever the real one would find.
 * @param options.found what is wrong with the file already, told together with the rest
 */
export async function importPeople(
  deps: ImportPeopleDeps,
  records: readonly ImportRecord[],
  options: { dryRun: boolean; by?: ChangedBy; found?: readonly ImportProblem[] },
): Promise<ImportOutcome> {
  const found = options.found ?? [];
  const problems = [...found, ...checkRecords(records, deps.otpSecretProblems)];
  if (problems.length > 0) return { ok: false, problems: inOrder(problems) };
  try {
    return await deps.database.transaction(async (tx) => {
      const outcome = await apply(deps, tx, records, options.by ?? {});
      if (options.dryRun || !outcome.ok) throw new Undo(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof Undo) return error.outcome;
    throw error;
  }
}

async function apply(
  deps: ImportPeopleDeps,
  tx: Queryable,
  records: readonly ImportRecord[],
  by: ChangedBy,
): Promise<ImportOutcome> {
  const { database, random, clock } = deps;
  const aliases = records.flatMap(aliasesOf);
  const plan = planImport(records, await findExistingPeople(tx, database.dialect, aliases), random);
  if (plan.problems.length > 0) return { ok: false, problems: plan.problems };
  const taken = await write(tx, plan.added, plan.updated, clock.now());
  if (taken !== null) return { ok: false, problems: takenProblems(records, taken) };
  for (const { id } of plan.added) {
    await deps.audit.recordIn(tx, personAdded(id, by));
  }
  for (const { before, fields, passwordHash } of plan.updated) {
    await deps.audit.recordIn(tx, personChanged(before.id, by, fields));
    if (passwordHash !== null) await deps.afterVoid(tx, before.id);
  }
  const otpSecrets = await importSecrets(deps, tx, records, plan.ids);
  const withoutPassword = plan.added.filter(({ passwordHash }) => passwordHash === null);
  const invitations = await deps.invite(tx, withoutPassword);
  await announce(tx, peopleTopic, clock);
  const [added, updated] = [plan.added.length, plan.updated.length];
  const unchanged = records.length - added - updated;
  return { ok: true, added, updated, unchanged, otpSecrets, invitations };
}

/** Answers the aliases that belong to people outside the file, if any. */
async function write(
  tx: Queryable,
  added: readonly NewPersonRow[],
  updated: readonly PlannedUpdate[],
  now: number,
): Promise<readonly string[] | null> {
  const after = updated.map((update) => update.after);
  try {
    // All go before any come, because people of the file may swap them.
    await deleteAliases(
      tx,
      after.map(({ id }) => id),
    );
    for (const update of updated) await updatePerson(tx, update, now);
    await insertPeople(tx, added, now);
    await insertAliases(tx, [...after, ...added]);
  } catch (error) {
    if (error instanceof AliasTaken) return error.aliases;
    throw error;
  }
  const regrouped = updated.filter(({ fields }) => fields.includes('groups'));
  await replaceGroups(tx, [...added, ...regrouped.map((update) => update.after)], now);
  return null;
}

async function updatePerson(tx: Queryable, update: PlannedUpdate, now: number): Promise<void> {
  const { after, passwordHash } = update;
  const password = passwordHash === null ? {} : newPassword(passwordHash, now);
  await tx
    .updateTable('people')
    .set({
      ...changedColumns(after),
      ...password,
      updated_at: now,
      record_version: sql<number>`record_version + 1`,
    })
    .where('id', '=', after.id)
    .execute();
}

async function importSecrets(
  deps: ImportPeopleDeps,
  tx: Queryable,
  records: readonly ImportRecord[],
  ids: ReadonlyMap<ImportRecord, PersonId>,
): Promise<number> {
  let added = 0;
  for (const record of records) {
    const id = ids.get(record);
    if (id !== undefined) added += await deps.importOtpSecrets(tx, id, record);
  }
  return added;
}

function takenProblems(
  records: readonly ImportRecord[],
  taken: readonly string[],
): ImportProblem[] {
  const aliases = new Set(taken);
  const message = 'has a user name, mail address or UPN that belongs to somebody else';
  return records
    .filter((record) => aliasesOf(record).some((alias) => aliases.has(alias)))
    .map(({ line }) => ({ line, message }));
}

function inOrder(problems: ImportProblem[]): ImportProblem[] {
  return problems.toSorted((one, other) => one.line - other.line);
}

class Undo extends Error {
  readonly outcome: ImportOutcome;

  constructor(outcome: ImportOutcome) {
    super('undone on purpose');
    this.outcome = outcome;
  }
}
