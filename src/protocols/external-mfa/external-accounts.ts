import { sql } from 'kysely';
import {
  externalAccountLinked,
  externalAccountUnlinked,
} from '../../audit/events/external-mfa-events.js';
import type { ChangedBy } from '../../audit/events/person-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Person, PersonId } from '../../directory/person.js';
import type { Clock } from '../../kernel/clock.js';
import { isUniqueViolation } from '../../storage/sql/sql-errors.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';

/** An account of a tenant, by the two ids that never pass to anybody else. */
export interface ExternalAccount {
  tenant: string;
  objectId: string;
}

/** Which Entra account belongs to whom. A person has one account in a tenant, and an account one person. */
export interface ExternalAccounts {
  personOf(account: ExternalAccount): Promise<PersonId | null>;
  /**
   * Writes the link and the row that tells it, if the person is as they were read. An account that the person had
   * before in the tenant (deleted there, made anew) gives way.
   * @returns `false`: the account is somebody else's, or the person was changed meanwhile
   */
  link(
    account: ExternalAccount,
    person: Person,
    about: { relyingParty: string; clientAddress: string; how: 'sign-in' | 'attribute' },
  ): Promise<boolean>;
  /** All accounts of a person, one a tenant. */
  ofPerson(person: PersonId): Promise<LinkedAccount[]>;
  /**
   * Forgets the link and writes the row that tells it.
   * @returns `false`: there was none
   */
  unlink(account: ExternalAccount, person: PersonId, by: ChangedBy): Promise<boolean>;
}

export interface LinkedAccount extends ExternalAccount {
  /** Milliseconds since the epoch. */
  linkedAt: number;
}

export function createExternalAccounts(deps: {
  database: SqlDatabase;
  audit: AuditLog;
  clock: Clock;
}): ExternalAccounts {
  const { database, audit, clock } = deps;

  async function personOf({ tenant, objectId }: ExternalAccount): Promise<PersonId | null> {
    const row = await database.db
      .selectFrom('external_accounts')
      .select('person_id')
      .where('tenant_id', '=', tenant)
      .where('object_id', '=', objectId)
      .executeTakeFirst();
    return (row?.person_id ?? null) as PersonId | null;
  }

  return {
    personOf,

    async link(account, person, { relyingParty, clientAddress, how }) {
      const { tenant, objectId } = account;
      const event = externalAccountLinked(
        { person: person.id, relyingParty, clientAddress },
        { tenant, objectId, how },
      );
      try {
        const linked = await audit.recordWithChange(
          (db) =>
            db
              .insertInto('external_accounts')
              .columns(['tenant_id', 'object_id', 'person_id', 'linked_at'])
              .expression(
                db
                  .selectFrom('people')
                  .where('people.id', '=', person.id)
                  .where('people.record_version', '=', person.version)
                  .where('people.disabled_at', 'is', null)
                  .select([
                    sql<string>`cast(${tenant} as text)`.as('tenant_id'),
                    sql<string>`cast(${objectId} as text)`.as('object_id'),
                    'people.id as person_id',
                    sql<number>`cast(${clock.now()} as bigint)`.as('linked_at'),
                  ]),
              )
              .onConflict((conflict) =>
                conflict.columns(['tenant_id', 'person_id']).doUpdateSet((eb) => ({
                  object_id: eb.ref('excluded.object_id'),
                  linked_at: eb.ref('excluded.linked_at'),
                })),
              )
              .returning('person_id'),
          event,
        );
        return linked !== null;
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        // Somebody was faster with this account: the same person in another tab, or another person.
        return (await personOf(account)) === person.id;
      }
    },

    async ofPerson(person) {
      const rows = await database.db
        .selectFrom('external_accounts')
        .select(['tenant_id', 'object_id', 'linked_at'])
        .where('person_id', '=', person)
        .orderBy('linked_at')
        .execute();
      return rows.map((row) => ({
        tenant: row.tenant_id,
        objectId: row.object_id,
        linkedAt: row.linked_at,
      }));
    },

    async unlink({ tenant, objectId }, person, by) {
      const gone = await audit.recordWithChange(
        (db) =>
          db
            .deleteFrom('external_accounts')
            .where('tenant_id', '=', tenant)
            .where('object_id', '=', objectId)
            .where('person_id', '=', person)
            .returning('person_id'),
        externalAccountUnlinked(person, { tenant, objectId }, by),
      );
      return gone !== null;
    },
  };
}
