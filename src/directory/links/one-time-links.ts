import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '../../kernel/clock.js';
import { randomToken, type RandomSource } from '../../kernel/random.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import { listColumns, personColumns, toPerson } from '../local/person-row.js';
import type { Person, PersonId } from '../person.js';

/** What a link is for. Both let its holder set a password, and nothing else. */
export type LinkPurpose = 'first-password' | 'password-reset';

/** How long links work, in milliseconds. */
export type LinkLifetimes = Readonly<Record<LinkPurpose, number>>;

export const defaultLinkLifetimes: LinkLifetimes = {
  'first-password': 72 * 60 * 60_000,
  'password-reset': 30 * 60_000,
};

export interface LinkInfo {
  purpose: LinkPurpose;
  person: Person;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/**
 * Links that work once: 256 random bits, of which only the hash is kept. A link dies with the epoch it was issued
 * at, so with every new password, sign-out everywhere and disabling.
 */
export class OneTimeLinks {
  readonly #database: SqlDatabase;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly lifetimes: LinkLifetimes;

  constructor(
    deps: { database: SqlDatabase; clock: Clock; random: RandomSource },
    lifetimes = defaultLinkLifetimes,
  ) {
    this.#database = deps.database;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.lifetimes = lifetimes;
  }

  /** A new token; older ones of the same purpose end. In the caller's transaction. */
  async issue(
    tx: Queryable,
    person: Pick<Person, 'id' | 'epoch'>,
    purpose: LinkPurpose,
  ): Promise<string> {
    await tx
      .updateTable('one_time_links')
      .set({ used_at: this.#clock.now() })
      .where('person_id', '=', person.id)
      .where('purpose', '=', purpose)
      .where('used_at', 'is', null)
      .execute();
    const [token] = await this.issueFirst(tx, [person], purpose);
    return token as string;
  }

  /** Tokens for people who have none of this purpose yet, in order; one round trip. */
  async issueFirst(
    tx: Queryable,
    people: readonly Pick<Person, 'id' | 'epoch'>[],
    purpose: LinkPurpose,
  ): Promise<string[]> {
    const now = this.#clock.now();
    const tokens = people.map(() => randomToken(this.#random));
    const rows = people.map((person, index) => ({
      id_hash: hashOf(tokens[index] as string),
      purpose,
      person_id: person.id,
      epoch: person.epoch,
      created_at: now,
      expires_at: now + this.lifetimes[purpose],
      used_at: null,
    }));
    if (rows.length > 0) await tx.insertInto('one_time_links').values(rows).execute();
    return tokens;
  }

  /** What a link is for, without using it up, because mail scanners open links. `null`: it does not work (any more). */
  async peek(token: string): Promise<LinkInfo | null> {
    const row = await this.#database.db
      .selectFrom('one_time_links')
      .innerJoin('people', 'people.id', 'one_time_links.person_id')
      .select(personColumns)
      .select(listColumns(this.#database.dialect))
      .select(['one_time_links.purpose', 'one_time_links.expires_at'])
      .where('one_time_links.id_hash', '=', hashOf(token))
      .where('one_time_links.used_at', 'is', null)
      .where('one_time_links.expires_at', '>', this.#clock.now())
      .whereRef('one_time_links.epoch', '=', 'people.epoch')
      .where('people.disabled_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) return null;
    const purpose = row.purpose as LinkPurpose;
    return { purpose, person: toPerson(row), expiresAt: row.expires_at };
  }

  /** Uses it up; of all callers exactly one gets the person and epoch it is for. */
  async consume(tx: Queryable, token: string): Promise<Pick<Person, 'id' | 'epoch'> | null> {
    const now = this.#clock.now();
    const row = await tx
      .updateTable('one_time_links')
      .set({ used_at: now })
      .where('id_hash', '=', hashOf(token))
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .where(
        sql<boolean>`exists (select 1 from people where people.id = person_id
          and people.epoch = one_time_links.epoch and disabled_at is null)`,
      )
      .returning(['person_id', 'epoch'])
      .executeTakeFirst();
    return row === undefined ? null : { id: row.person_id as PersonId, epoch: row.epoch };
  }

  /** How many links of this purpose were issued to a person since then. */
  async countSince(
    tx: Queryable,
    person: PersonId,
    purpose: LinkPurpose,
    since: number,
  ): Promise<number> {
    const row = await tx
      .selectFrom('one_time_links')
      .select((select) => select.fn.countAll().as('count'))
      .where('person_id', '=', person)
      .where('purpose', '=', purpose)
      .where('created_at', '>', since)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  }

  /** Forgets links a day after their end. Returns how many. */
  async prune(): Promise<number> {
    const result = await this.#database.db
      .deleteFrom('one_time_links')
      .where('expires_at', '<', this.#clock.now() - 24 * 60 * 60_000)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
