import { sql } from 'kysely';
import type { AuditEvent } from '../../audit/audit-event.js';
import {
  personAdded,
  personChanged,
  personDisabled,
  personEnabled,
  personUnlocked,
  sessionsEndedEverywhere,
  type ChangedBy,
} from '../../audit/events/person-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Clock } from '../../kernel/clock.js';
import { newPrefixedId } from '../../kernel/prefixed-id.js';
import type { RandomSource } from '../../kernel/random.js';
import { announce } from '../../storage/sql/change-feed.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import { InvalidPerson, NoSuchPerson } from '../person-errors.js';
import { fieldProblems, type PersonFields } from '../person-fields.js';
import type { Person, PersonId } from '../person.js';
import { isDecoy } from './decoy-people.js';
import { failuresForgiven } from './lockout.js';
import { listColumns, personColumns, toPerson } from './person-row.js';
import { deleteAliases, insertAliases, insertPeople, replaceGroups } from './person-writes.js';

/** The topic of the change feed on which every change to people is announced. */
export const peopleTopic = 'people';

export type NewPerson = Pick<PersonFields, 'username' | 'name'> & Partial<PersonFields>;

export type PersonChanges = Partial<PersonFields>;

/** Done in the transaction of a change, after it. */
export type AndThen = (tx: Queryable) => Promise<void>;

/** What else is due when everything issued to a person is void, for instance telling services of it. */
export type AfterVoid = (tx: Queryable, id: PersonId) => Promise<void>;

/** Changes to local people. Each is one transaction with its audit row and its announcement. */
export interface People {
  /**
   * @param andThen more to do in the same transaction, for instance issuing the link for the first password
   * @throws InvalidPerson, AliasTaken
   */
  add(
    person: NewPerson,
    by?: ChangedBy,
    andThen?: (tx: Queryable, person: Person) => Promise<void>,
  ): Promise<Person>;
  /** Changes the fields that are given. @throws InvalidPerson, AliasTaken, NoSuchPerson */
  update(id: PersonId, changes: PersonChanges, by?: ChangedBy): Promise<Person>;
  /** Ends everything issued to this person. @throws NoSuchPerson */
  disable(id: PersonId, by?: ChangedBy): Promise<void>;
  /** @throws NoSuchPerson */
  enable(id: PersonId, by?: ChangedBy): Promise<void>;
  /**
   * Forgets wrong passwords, also past the limit over all locks.
   * @param andThen more to do in the same transaction, for instance taking the locks off second factors
   * @throws NoSuchPerson
   */
  unlock(id: PersonId, by?: ChangedBy, andThen?: AndThen): Promise<void>;
  /**
   * The password may be known to others: a new one has to be chosen at the next sign-in, and everything issued to this
   * person is void.
   * @param andThen more to do in the same transaction
   * @throws NoSuchPerson
   */
  demandPasswordChange(id: PersonId, by?: ChangedBy, andThen?: AndThen): Promise<void>;
  /**
   * Everything issued to this person before is void.
   * @param andThen more to do in the same transaction
   * @returns the new epoch
   * @throws NoSuchPerson
   */
  signOutEverywhere(id: PersonId, by?: ChangedBy, andThen?: AndThen): Promise<number>;
}

export interface PeopleDeps {
  database: SqlDatabase;
  audit: Pick<AuditLog, 'recordIn'>;
  clock: Clock;
  random: RandomSource;
  /** Done in the transaction that made everything issued to a person void. */
  afterVoid: AfterVoid;
}

export function createPeople(deps: PeopleDeps): People {
  const { database, audit, clock, random, afterVoid } = deps;
  /** One update of one row; `null` columns stay what they are. */
  async function change(
    id: PersonId,
    event: AuditEvent,
    set: Record<string, unknown>,
    andThen?: AndThen,
  ): Promise<{ epoch: number }> {
    if (isDecoy(id)) throw new NoSuchPerson();
    return database.transaction(async (tx) => {
      const row = await tx
        .updateTable('people')
        .set({ ...set, ...touched() })
        .where('id', '=', id)
        .returning('epoch')
        .executeTakeFirst();
      if (row === undefined) throw new NoSuchPerson();
      await tell(tx, event);
      await andThen?.(tx);
      return row;
    });
  }

  const changeAndVoid: typeof change = (id, event, set, andThen) =>
    change(id, event, { ...set, epoch: sql<number>`epoch + 1` }, async (tx) => {
      await afterVoid(tx, id);
      await andThen?.(tx);
    });

  const touched = () => ({
    updated_at: clock.now(),
    record_version: sql<number>`record_version + 1`,
  });

  async function tell(tx: Queryable, event: AuditEvent) {
    await audit.recordIn(tx, event);
    await announce(tx, peopleTopic, clock);
  }

  async function read(tx: Queryable, id: PersonId): Promise<Person> {
    const row = await tx
      .selectFrom('people')
      .select(personColumns)
      .select(listColumns(database.dialect))
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined || isDecoy(row.id)) throw new NoSuchPerson();
    return toPerson(row);
  }

  return {
    async add(given, by = {}, andThen) {
      const fields = { mail: null, upn: null, locale: null, groups: [], attributes: {}, ...given };
      assertValid(fields);
      const row = { ...fields, id: newPrefixedId('per', random), passwordHash: null };
      return database.transaction(async (tx) => {
        await insertPeople(tx, [row], clock.now());
        await insertAliases(tx, [row]);
        await replaceGroups(tx, [row], clock.now());
        await tell(tx, personAdded(row.id, by));
        const person = await read(tx, row.id);
        await andThen?.(tx, person);
        return person;
      });
    },

    async update(id, changes, by = {}) {
      return database.transaction(async (tx) => {
        const before = await read(tx, id);
        const after = { ...before, ...changes };
        assertValid(after);
        await deleteAliases(tx, [id]);
        await insertAliases(tx, [after]);
        if (changes.groups !== undefined) await replaceGroups(tx, [after], clock.now());
        await tx
          .updateTable('people')
          .set({ ...changedColumns(after), ...touched() })
          .where('id', '=', id)
          .execute();
        await tell(tx, personChanged(id, by, Object.keys(changes)));
        return read(tx, id);
      });
    },

    async disable(id, by = {}) {
      await changeAndVoid(id, personDisabled(id, by), { disabled_at: clock.now() });
    },
    async enable(id, by = {}) {
      await change(id, personEnabled(id, by), { disabled_at: null });
    },
    async unlock(id, by = {}, andThen) {
      await change(id, personUnlocked(id, by), failuresForgiven, andThen);
    },
    async demandPasswordChange(id, by = {}, andThen) {
      const set = { password_change_demanded_at: clock.now() };
      await changeAndVoid(id, personChanged(id, by, ['password_change_demanded']), set, andThen);
    },
    async signOutEverywhere(id, by = {}, andThen) {
      return (await changeAndVoid(id, sessionsEndedEverywhere(id, by), {}, andThen)).epoch;
    },
  };
}

/** The columns of a person's fields, for an UPDATE. */
export function changedColumns(person: PersonFields) {
  return {
    username: person.username,
    name: person.name,
    mail: person.mail,
    upn: person.upn,
    locale: person.locale,
    attributes: JSON.stringify(person.attributes),
  };
}

function assertValid(fields: PersonFields): void {
  const problems = fieldProblems(fields);
  if (problems.length > 0) throw new InvalidPerson(problems);
}
